package basim

import (
	"regexp"
	"time"
)

// fileNameForm is the BA's grammar of upload names: D for data, S or B for the kind of content, the PartnerId, the time, an optional
// flag with segment, and the extension in one of two spellings.
var fileNameForm = regexp.MustCompile(`^D([SB])([VPK][0-9]{9})_([0-9-]{10}_[0-9-]{8})(_[-FD]([0-9]{3}[CE])?)?\.(xml|XML)$`)

// stemLength is the length of a name up to and including its time: everything that an upload and its feedback share but the first
// letter.
const stemLength = len("DSV000123400_2026-11-24_09-30-00")

// isProcessed reports whether the BA ever looks into a file of this name from this partner. Other files are taken and forgotten.
func isProcessed(name, partnerID string) bool {
	parts := fileNameForm.FindStringSubmatch(name)
	if len(parts) == 0 || parts[1] != "S" || parts[2] != partnerID {
		return false
	}
	_, err := time.Parse("2006-01-02_15-04-05", parts[3])
	return err == nil
}

// feedbackName is the name of the feedback to an upload of a processed name.
func feedbackName(upload string) string { return "E" + upload[1:] }

// secondFeedbackName is the name of a second feedback file to the same upload.
func secondFeedbackName(upload string) string { return "E" + upload[1:stemLength] + "_-002E.xml" }
