package basim

import (
	"slices"
	"testing"
	"time"
)

func TestAnAdLivesFromInsertToDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	id := adID("1")

	inserted := w.send(w.file(w.posting(id, insert)))
	w.clock.pass(time.Hour)
	updated := w.send(w.file(w.posting(id, update, "Pflegefachkraft", "Pflegefachfrau")))
	live, _ := w.Ad(employer, id)
	deleted := w.send(w.file(deletion(id)))
	gone, _ := w.Ad(employer, id)

	if len(inserted)+len(updated)+len(deleted) != 0 {
		t.Fatalf("refused: %v %v %v", inserted, updated, deleted)
	}
	if live.State != AdLive || live.Title() != "Pflegefachfrau (m/w/d)" || live.HiringOrg() != customer {
		t.Errorf("after the update: %s, %q, %s", live.State, live.Title(), live.HiringOrg())
	}
	if gone.State != AdRemoved || len(gone.History) != 3 {
		t.Errorf("after the delete: %s, %v", gone.State, gone.History)
	}
}

func TestRulesOfLifeCycle(t *testing.T) {
	t.Parallel()
	id := adID("1")
	act := func(act Act) func(*world) {
		return func(w *world) {
			w.clock.pass(time.Minute)
			if err := w.Act(employer, id, act); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	org := func(org HiringOrg) func(*world) {
		return func(w *world) {
			if err := w.SetHiringOrg(employer, org); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	withdraw := func(w *world) { w.send(w.file(deletion(id))) }
	tests := map[string]struct {
		before func(*world)
		// stale writes the record before that happens, so that it carries an older date.
		stale  bool
		record func(*world) string
		want   []string
	}{
		"insert of a live ad": {
			record: func(w *world) string { return w.posting(id, insert) }, want: []string{"FLR_DataStore_110"},
		},
		"insert of an id used before": {
			before: withdraw,
			record: func(w *world) string { return w.posting(id, insert) }, want: []string{"FLR_JCValid_139"},
		},
		"update of the unknown": {
			record: func(w *world) string { return w.posting(adID("2"), update) }, want: []string{"FLR_DataStore_130"},
		},
		"update of a withdrawn ad": {
			before: withdraw,
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_DataStore_130"},
		},
		"delete of the unknown": {
			record: func(*world) string { return deletion(adID("2")) }, want: []string{"FLR_DataStore_130"},
		},
		"update older than the staff's change": {
			before: act(ActChange), stale: true,
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_DataStore_120"},
		},
		"update newer than the staff's change": {
			before: act(ActChange),
			record: func(w *world) string { return w.posting(id, update) }, want: nil,
		},
		"delete by posting older than the staff's change": {
			before: act(ActChange), stale: true,
			record: func(w *world) string { return w.posting(id, remove) }, want: []string{"FLR_DataStore_120"},
		},
		"delete by posting with dummies": {
			record: func(w *world) string { return w.posting(id, remove, "<NumberToFill>2", "<NumberToFill>0") }, want: nil,
		},
		"update of a locked ad": {
			before: act(ActLock),
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_JCValid_062"},
		},
		"update of an unlocked ad": {
			before: func(w *world) { act(ActLock)(w); act(ActUnlock)(w) },
			record: func(w *world) string { return w.posting(id, update) }, want: nil,
		},
		"delete of a locked ad": {
			before: act(ActLock),
			record: func(*world) string { return deletion(id) }, want: nil,
		},
		"update of an ad that staff will delete": {
			before: act(ActPlanDeletion),
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_JCValid_107"},
		},
		"update of an ad that staff removed": {
			before: act(ActRemove),
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_DataStore_130"},
		},
		"update with another type": {
			record: func(w *world) string {
				return w.posting(id, update, "<JobOfferType>36", "<JobOfferType>1")
			}, want: []string{"FLR_JCValid_175"},
		},
		"update with another hiring organisation": {
			record: func(w *world) string { return w.posting(id, update, customer, otherBranch) }, want: []string{"FLR_JCValid_186"},
		},
		"update with internal compensation": {
			record: func(w *world) string {
				return w.posting(id, update, "</JobPositionDescription>",
					"<CompensationDescription><InternalCompensation>4000</InternalCompensation></CompensationDescription></JobPositionDescription>")
			}, want: []string{"FLR_JCValid_174"},
		},
		"update under a deactivated account": {
			before: org(HiringOrg{Number: customer, Deactivated: true}),
			record: func(w *world) string { return w.posting(id, update) }, want: []string{"FLR_JCValid_049"},
		},
		"delete under a deactivated account": {
			before: org(HiringOrg{Number: customer, Deactivated: true}),
			record: func(*world) string { return deletion(id) }, want: []string{"FLR_JCValid_049"},
		},
		"insert under an unsupervised account": {
			before: org(HiringOrg{Number: customer, NotSupervised: true}),
			record: func(w *world) string { return w.posting(adID("2"), insert) }, want: []string{"FLR_JCValid_066"},
		},
		"insert without hiring organisation": {
			record: func(w *world) string {
				return w.posting(adID("2"), insert, "<HiringOrgId>"+customer+"</HiringOrgId>", "")
			}, want: []string{"FLR_JCValid_066"},
		},
		"insert under an unknown hiring organisation": {
			record: func(w *world) string { return w.posting(adID("2"), insert, customer, "C345C34567") }, want: []string{"FLR_JCValid_187"},
		},
		"insert by a partner without agreement": {
			before: func(w *world) {
				if err := w.ChangePartner(employer, func(p *Partner) { p.NoAgreement = true }); err != nil {
					w.t.Fatal(err)
				}
			},
			record: func(w *world) string { return w.posting(adID("2"), insert) }, want: []string{"FLR_JCValid_168"},
		},
		"insert for another supplier": {
			record: func(w *world) string {
				return w.posting(adID("2"), insert, "<SupplierId>"+employer, "<SupplierId>V000999900")
			}, want: []string{"FLR_JCValid_188"},
		},
		"id of another partner": {
			record: func(w *world) string { return w.posting("99002-2-S", insert) }, want: []string{"FLR_JCValid_086"},
		},
		"id without free part": {
			record: func(w *world) string { return w.posting(alliance+"--S", insert) }, want: []string{"FLR_JCValid_085"},
		},
		"id without S": {
			record: func(w *world) string { return w.posting(alliance+"-2-X", insert) }, want: []string{"FLR_JCValid_087"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			if refused := w.send(w.file(w.posting(id, insert))); len(refused) > 0 {
				t.Fatal(refused)
			}
			var record string
			if test.stale {
				record = test.record(w)
			}
			if test.before != nil {
				test.before(w)
			}
			if !test.stale {
				record = test.record(w)
			}

			got := w.send(w.file(record))

			if !slices.Equal(got, test.want) {
				t.Errorf("codes %v, want %v", got, test.want)
			}
		})
	}
}

func TestABoardMayUseAnIDAgain(t *testing.T) {
	t.Parallel()
	partner := &Partner{ID: "P000123400", Alliance: alliance}
	trial := trial{record: record{id: adID("1")}, partner: partner, ad: &Ad{State: AdRemoved}}

	trial.judgeInsert()

	if len(trial.messages) > 0 {
		t.Errorf("refused: %v", trial.messages)
	}
}
