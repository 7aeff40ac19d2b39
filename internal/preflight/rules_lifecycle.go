package preflight

import (
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The Actions of an ad.
const (
	insertion = 1
	update    = 2
	deletion  = 3
)

// notPublished is the Status of an ad that is not shown; it is also the last that may be sent. anonymous hides the employer.
const (
	anonymous    = 2
	notPublished = 3
)

// CodeSupplier means that ad, head and name of a file are not of one deliverer.
const CodeSupplier = "FLR_JCValid_188"

// employerPrefix begins the Supplier-ID of an employer; boards and municipal carriers have other letters.
const employerPrefix = "V"

// lifeCycleRules are about who sends the ad under which id, what the BA has under it, and whether the sender may send at all.
var lifeCycleRules = []Rule{
	{
		Code: "FLR_DataStore_110", Outcome: Heals, Elements: []hrbaxml.ID{hrbaxml.PostingID, hrbaxml.PostDetailAction},
		Condition:   "Action 1 and the JobPositionPostingId exists already",
		Explanation: say("Unter dieser Referenz hat die BA schon eine Anzeige.", "The BA already has an ad under this reference."),
		Fix: say("Nichts zu tun: Stellwerk sendet sie als Änderung oder unter neuer Referenz.",
			"Nothing to do: Stellwerk sends it as an update, or under a new reference."),
		check: func(x *exam) {
			if x.is(hrbaxml.PostDetailAction, insertion) && x.facts.Copy.State == CopyLive {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: "FLR_DataStore_120", Outcome: ToDecide, Offline: Partly, dummies: true, Elements: []hrbaxml.ID{hrbaxml.PostDetailLastModificationDate},
		Condition:   "Action 2 or 3 and LastModificationDate is older than the BA's own last change",
		Explanation: say("Die BA hat einen neueren Stand der Anzeige, als gesendet wurde.", "The BA has a newer version of the ad than what was sent."),
		Fix: say("Klären Sie die Änderung mit Ihrem Arbeitgeber-Service und speichern Sie die Anzeige dann noch einmal.",
			"Clear the change with your local employer service, then save the ad again."),
		check: func(x *exam) {
			sent, err := time.Parse(time.RFC3339, x.get(hrbaxml.PostDetailLastModificationDate))
			if err == nil && !x.is(hrbaxml.PostDetailAction, insertion) && sent.Before(x.facts.Copy.Modified.Truncate(time.Second)) {
				x.refuse(hrbaxml.PostDetailLastModificationDate)
			}
		},
	},
	{
		Code: "FLR_DataStore_130", Outcome: ToDecide, dummies: true, Elements: []hrbaxml.ID{hrbaxml.PostingID, hrbaxml.PostDetailAction},
		Condition:   "Action 2 or 3, or a DeleteEntry, and the partner has no ad of this JobPositionPostingId",
		Explanation: say("Die BA hat keine Anzeige unter dieser Referenz.", "The BA has no ad under this reference."),
		Fix: say("Wurde die Anzeige bei der BA entfernt, entscheiden Sie, ob sie neu erscheinen soll. War sie zurückgezogen, ist nichts zu tun.",
			"If the BA removed the ad, decide whether it is to appear anew. If it was withdrawn, there is nothing to do."),
		check: func(x *exam) {
			known := x.facts.Copy.State == CopyNever || x.facts.Copy.State == CopyGone
			if known && (x.is(hrbaxml.PostDetailAction, update) || x.is(hrbaxml.PostDetailAction, deletion)) {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: "FLR_JCValid_139", Outcome: Heals, Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.PostingID, hrbaxml.PostDetailAction},
		Condition:   "Action 1 by an employer and the JobPositionPostingId was inserted at any time before, even if it was deleted since",
		Explanation: say("Diese Referenz wurde schon einmal verwendet und ist verbraucht.", "This reference was used before and is spent."),
		Fix:         say("Nichts zu tun: Stellwerk sendet die Anzeige unter neuer Referenz.", "Nothing to do: Stellwerk sends the ad under a new reference."),
		check: func(x *exam) {
			if x.is(hrbaxml.PostDetailAction, insertion) && x.facts.Copy.State == CopyGone {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: "FLR_JCValid_049", Level: OfAccount, Outcome: Holds, Offline: Never, Elements: []hrbaxml.ID{hrbaxml.HiringOrgID},
		Condition:   "update or delete, and the BA supervises the employer's account and has deactivated it",
		Explanation: say("Die BA hat das Arbeitgeberkonto deaktiviert; Änderungen nimmt sie nicht an.", "The BA has deactivated the employer's account and takes no changes."),
		Fix:         say("Sprechen Sie mit Ihrem Arbeitgeber-Service.", "Talk to your local employer service."),
	},
	{
		Code: "FLR_JCValid_062", Outcome: Locked, Offline: Never, Elements: []hrbaxml.ID{hrbaxml.PostingID},
		Condition:   "Action 2 and the BA's staff have deactivated the ad",
		Explanation: say("Die BA hat die Anzeige deaktiviert. Ändern lässt sie sich nicht mehr, nur noch löschen.", "The BA has deactivated the ad. It can no longer be changed, only deleted."),
		Fix: say("Klären Sie den Grund mit der BA. Danach ziehen Sie die Anzeige zurück und legen sie neu an.",
			"Clear the reason with the BA. Then withdraw the ad and create it anew."),
	},
	{
		Code: "FLR_JCValid_107", Outcome: Locked, Offline: Never, Elements: []hrbaxml.ID{hrbaxml.PostingID},
		Condition:   "Action 2 and the BA's staff have marked the supervised ad for deletion",
		Explanation: say("Die BA hat die betreute Anzeige zum Löschen vorgemerkt und nimmt keine Änderung mehr.", "The BA has marked the supervised ad for deletion and takes no more changes."),
		Fix:         say("Klären Sie das mit Ihrem Arbeitgeber-Service.", "Clear that with your local employer service."),
	},
	{
		Code: "FLR_JCValid_175", Elements: []hrbaxml.ID{hrbaxml.JobOfferType},
		Condition:   "Action 2 and JobOfferType differs from what the BA has",
		Explanation: say("Die Art der Stelle kann sich nicht ändern, solange die Anzeige bei der BA steht.", "The type of employment cannot change while the ad is at the BA."),
		Fix: say("Nichts zu tun: Stellwerk beendet die alte Anzeige und veröffentlicht danach die neue unter neuer Referenz.",
			"Nothing to do: Stellwerk ends the old ad and then publishes the new one under a new reference."),
		check: func(x *exam) { x.refuseChange(hrbaxml.JobOfferType, x.facts.Copy.JobOfferType) },
	},
	{
		Code: "FLR_JCValid_186", Elements: []hrbaxml.ID{hrbaxml.HiringOrgID},
		Condition:   "Action 2 and HiringOrgId differs from what the BA has",
		Explanation: say("Die Kundennummer kann sich nicht ändern, solange die Anzeige bei der BA steht.", "The Kundennummer cannot change while the ad is at the BA."),
		Fix: say("Nichts zu tun: Stellwerk beendet die alte Anzeige und veröffentlicht danach die neue unter neuer Referenz.",
			"Nothing to do: Stellwerk ends the old ad and then publishes the new one under a new reference."),
		check: func(x *exam) { x.refuseChange(hrbaxml.HiringOrgID, x.facts.Copy.HiringOrgID) },
	},
	{
		Code: "FLR_JCValid_174", Elements: []hrbaxml.ID{hrbaxml.CompensationInternalCompensation, hrbaxml.PostDetailAction},
		Condition:   "InternalCompensation with an Action other than 1",
		Explanation: say("Die Bezahlung nur für die Vermittlung nimmt die BA allein beim ersten Senden an.", "The BA takes the pay for placement only when an ad is first sent."),
		Fix: say("Lassen Sie die Angabe bei einer Änderung weg und nennen Sie die Bezahlung im Anzeigenfeld.",
			"Leave it out of a change, and state the pay in the field that applicants see."),
		check: func(x *exam) {
			if x.has(hrbaxml.CompensationInternalCompensation) && !x.is(hrbaxml.PostDetailAction, insertion) {
				x.refuse(hrbaxml.CompensationInternalCompensation)
			}
		},
	},
	{
		Code: "FLR_JCValid_085", Elements: []hrbaxml.ID{hrbaxml.PostingID},
		Condition:   "nothing between the first hyphen of JobPositionPostingId and its end -S",
		Explanation: say("Der mittlere Teil der Referenz ist leer.", "The middle part of the reference is empty."),
		Fix:         say("Melden Sie das dem Betreiber: Referenzen vergibt Stellwerk.", "Tell the operator: Stellwerk makes the references."),
		check: func(x *exam) {
			_, free, _ := strings.Cut(strings.TrimSuffix(x.get(hrbaxml.PostingID), "-S"), "-")
			if strings.TrimSpace(free) == "" {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: "FLR_JCValid_086", Level: OfAccount, Outcome: Holds, Elements: []hrbaxml.ID{hrbaxml.PostingID},
		Condition:   "the part of JobPositionPostingId before the first hyphen is not the partner's Allianzpartnernummer",
		Explanation: say("Die Referenz beginnt nicht mit der Allianzpartnernummer, die die BA für dieses Konto führt.", "The reference does not begin with the alliance number that the BA has for this account."),
		Fix:         say("Vergleichen Sie die Allianzpartnernummer mit der Zertifikats-E-Mail der BA.", "Compare the alliance number with the BA's certificate e-mail."),
		check: func(x *exam) {
			if first, _, _ := strings.Cut(x.get(hrbaxml.PostingID), "-"); x.facts.Alliance != "" && first != x.facts.Alliance {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: "FLR_JCValid_087", Elements: []hrbaxml.ID{hrbaxml.PostingID},
		Condition:   "JobPositionPostingId does not end in -S",
		Explanation: say("Die Referenz endet nicht auf -S.", "The reference does not end in -S."),
		Fix:         say("Melden Sie das dem Betreiber: Referenzen vergibt Stellwerk.", "Tell the operator: Stellwerk makes the references."),
		check: func(x *exam) {
			if !strings.HasSuffix(x.get(hrbaxml.PostingID), "-S") {
				x.refuse(hrbaxml.PostingID)
			}
		},
	},
	{
		Code: CodeSupplier, Level: OfAccount, Outcome: Holds, dummies: true, Elements: []hrbaxml.ID{hrbaxml.PostDetailSupplierID, hrbaxml.HeaderSupplierID},
		Condition:   "SupplierId differs from the PartnerId in the file's name",
		Explanation: say("Die Supplier-ID der Anzeige ist nicht die der Datei.", "The ad's Supplier-ID is not the file's."),
		Fix:         say("Vergleichen Sie die Supplier-ID mit der Zertifikats-E-Mail; sonst melden Sie es dem Betreiber.", "Compare the Supplier-ID with the certificate e-mail; else tell the operator."),
		check: func(x *exam) {
			if x.facts.Supplier != "" && x.get(hrbaxml.PostDetailSupplierID) != x.facts.Supplier {
				x.refuse(hrbaxml.PostDetailSupplierID)
			}
		},
	},
	{
		Code: "FLR_JCValid_168", Level: OfAccount, Outcome: Holds, Offline: Never, Elements: []hrbaxml.ID{hrbaxml.PostDetailSupplierID},
		Condition:   "the partner has no agreement about job ads",
		Explanation: say("Der BA liegt für diesen Partner keine Vereinbarung über Stellenangebote vor.", "The BA has no agreement on job ads with this partner."),
		Fix:         say("Fragen Sie beim Account-Management der BA nach dem Stand des Kooperationsvertrags.", "Ask the BA's account management about the cooperation contract."),
	},
	{
		Code: hrbaxml.CodeBlank, Level: OfFile, Outcome: WholeFile, Elements: []hrbaxml.ID{hrbaxml.File},
		Condition:   "the file is empty or holds nothing but white space",
		Explanation: say("Die Datei ist leer.", "The file is empty."),
		Fix:         say("Melden Sie das dem Betreiber: Stellwerk sendet keine leeren Dateien.", "Tell the operator: Stellwerk sends no empty files."),
	},
	{
		Code: "FLR_JCValid_066", Level: OfAccount, Outcome: Holds, Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.HiringOrgID},
		Condition:   "an employer's ad has no HiringOrgId, or its employer is not supervised (betreut) by the BA",
		Explanation: say("Die Kundennummer fehlt oder ist bei der BA nicht „betreut“; dann lehnt sie jede Anzeige ab.", "The Kundennummer is missing, or not “betreut” at the BA, which then refuses every ad."),
		Fix: say("Bitten Sie Ihren Arbeitgeber-Service, das Konto in VerBIS als betreut zu führen, und speichern Sie die Anzeige danach noch einmal.",
			"Ask your local employer service to mark the account as betreut in VerBIS, then save the ad again."),
		check: func(x *exam) {
			if strings.HasPrefix(x.get(hrbaxml.PostDetailSupplierID), employerPrefix) && !x.has(hrbaxml.HiringOrgID) {
				x.refuse(hrbaxml.HiringOrgID)
			}
		},
	},
	{
		Code: "FLR_JCValid_187", Level: OfAccount, Outcome: Holds, Offline: Never, Elements: []hrbaxml.ID{hrbaxml.HiringOrgID},
		Condition:   "the BA does not know the HiringOrgId",
		Explanation: say("Die BA kennt die Kundennummer nicht.", "The BA does not know the Kundennummer."),
		Fix:         say("Vergleichen Sie sie mit Ihrem Kooperationsvertrag oder mit „Unsere Daten“ im Konto bei der BA.", "Compare it with your cooperation contract, or with “Unsere Daten” in the account at the BA."),
	},
	{
		Code: "FLR_JCValid_038", Elements: []hrbaxml.ID{hrbaxml.PostDetailStatus},
		Condition:   "Status is none of 1, 2, 3",
		Explanation: say("Dieser Status kommt nur in Dateien der BA vor; gesendet werden 1, 2 oder 3.", "This status is for the BA's own files; 1, 2 or 3 can be sent."),
		Fix:         say("Melden Sie das dem Betreiber.", "Tell the operator."),
		check: func(x *exam) {
			if status, ok := x.number(hrbaxml.PostDetailStatus); ok && (status < 1 || status > notPublished) {
				x.refuse(hrbaxml.PostDetailStatus)
			}
		},
	},
}

// refuseChange refuses an update that changes what is fixed once the BA has the ad.
func (x *exam) refuseChange(id hrbaxml.ID, had string) {
	if had != "" && x.facts.Copy.State == CopyLive && x.is(hrbaxml.PostDetailAction, update) && strings.TrimSpace(x.get(id)) != had {
		x.refuse(id)
	}
}

// structureRules are the schema, which is no rule of the BA's list and by which it refuses a file whole.
var structureRules = []Rule{{
	Code: hrbaxml.CodeStructure, Level: OfFile, Outcome: WholeFile, Elements: []hrbaxml.ID{hrbaxml.File},
	Condition:   "the file does not follow the schema",
	Explanation: say("Die Datei entspricht nicht dem Schema der BA.", "The file does not follow the BA's schema."),
	Fix:         say("Melden Sie das dem Betreiber: Stellwerk prüft jede Datei, bevor es sie sendet.", "Tell the operator: Stellwerk checks every file before it sends it."),
}}
