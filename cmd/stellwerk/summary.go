package main

import (
	"context"
	"fmt"
	"net/http"
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
			found, err := s.read(ctx, a, &a.ads[i])
			if err != nil {
				return err
			}
			said, err := s.whatTheBASaid(ctx, a, found)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
				found.Title, found.Status.Reference, found.Status.AtBA, found.Status.Change, said)
		}
	}
	return table.Flush()
}

// whatTheBASaid tells an ad's history in a few words, oldest first.
func (*story) whatTheBASaid(ctx context.Context, a *actor, ad shown) (string, error) {
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
	said := ""
	for i := len(history.Items) - 1; i >= 0; i-- {
		event := history.Items[i]
		words := ""
		switch event.Kind {
		case "posting.live", "posting.ended":
			words = event.Data.Action + " accepted"
		case "posting.refused":
			words = fmt.Sprintf("%s refused (%s)", event.Data.Action, event.Data.Codes[0])
		default:
			continue
		}
		if said != "" {
			said += ", "
		}
		said += words
	}
	return said, nil
}
