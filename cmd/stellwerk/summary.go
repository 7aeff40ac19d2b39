package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/uuid"
)

// summary is the demo in numbers. Ads are counted by what the BA answered to their items.
type summary struct {
	Tenants  int `json:"tenants"`
	Postings int `json:"postings"`
	// Accepted counts ads that the BA took in, Refused ads that it refused, Updated and Withdrawn accepted changes and deletions.
	Accepted  int     `json:"accepted"`
	Refused   int     `json:"refused"`
	Updated   int     `json:"updated"`
	Withdrawn int     `json:"withdrawn"`
	Transfers int     `json:"transfers"`
	Seconds   float64 `json:"seconds"`
}

type page[T any] struct {
	Items []T `json:"items"`
}

type transferred struct {
	ID    uuid.UUID `json:"id"`
	State string    `json:"state"`
	Items []struct {
		Action  string   `json:"action"`
		Result  string   `json:"result"`
		Answers []answer `json:"answers"`
	} `json:"items"`
}

// summarise counts what happened, from what the API shows of the transfers.
func (s *story) summarise(ctx context.Context) (summary, error) {
	told := summary{Tenants: len(s.cast)}
	for _, a := range s.cast {
		told.Postings += len(a.ads)
		var list page[transferred]
		if err := a.software.call(ctx, http.MethodGet, a.path("/transfers?limit=200"), nil, &list); err != nil {
			return summary{}, err
		}
		for _, item := range list.Items {
			var full transferred
			if err := a.software.call(ctx, http.MethodGet, a.path("/transfers/"+item.ID.String()), nil, &full); err != nil {
				return summary{}, err
			}
			if full.State != "settled" {
				return summary{}, fmt.Errorf("transfer %s ended as %s", full.ID, full.State)
			}
			told.count(full)
		}
	}
	return told, nil
}

func (told *summary) count(t transferred) {
	told.Transfers++
	for _, item := range t.Items {
		switch {
		case item.Result == "refused":
			told.Refused++
		case item.Action == "insert":
			told.Accepted++
		case item.Action == "update":
			told.Updated++
		default:
			told.Withdrawn++
		}
	}
}

// printTable prints how every ad stands in the end, and what the BA said on the way.
func (s *story) printTable(ctx context.Context) error {
	table := tabwriter.NewWriter(s.progress, 0, 0, 2, ' ', 0)
	s.say("\n")
	_, _ = fmt.Fprintln(table, "AD\tREFERENCE\tAT THE BA\tCHANGE\tWHAT THE BA SAID")
	for _, a := range s.cast {
		for i := range a.ads {
			found, err := a.read(ctx, &a.ads[i])
			if err != nil {
				return err
			}
			said, err := a.whatTheBASaid(ctx, found)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
				found.Title, found.Status.Reference, found.Status.AtBA, found.Status.Change, said)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	s.say("\n%s", legend)
	return nil
}

// legend explains the table's words, which are the API's.
const legend = `AT THE BA (at_ba): live, people find the ad on the portal; ended, it was taken down as its employer wished.
CHANGE (change): what is still on its way to the BA; none, the BA has the newest version.
`

// verbs say what Stellwerk asked the BA to do with an ad.
var verbs = map[string]string{"insert": "publishing", "update": "change", "delete": "withdrawal"}

// whatTheBASaid tells an ad's history in a few words, oldest first.
func (a *actor) whatTheBASaid(ctx context.Context, ad shown) (string, error) {
	var history page[struct {
		Kind string `json:"kind"`
		Data struct {
			Action string   `json:"action"`
			Codes  []string `json:"codes"`
		} `json:"data"`
	}]
	if err := a.software.call(ctx, http.MethodGet, a.path("/postings/"+ad.ID.String()+"/events"), nil, &history); err != nil {
		return "", err
	}
	var said []string
	for _, event := range slices.Backward(history.Items) {
		switch event.Kind {
		case "posting.live", "posting.ended":
			said = append(said, verbs[event.Data.Action]+" accepted")
		case "posting.refused":
			said = append(said, fmt.Sprintf("%s refused (%s)", verbs[event.Data.Action], strings.Join(event.Data.Codes, ", ")))
		}
	}
	return strings.Join(said, ", "), nil
}
