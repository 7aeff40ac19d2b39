package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// story is what the demo shows: two employers on their way to the BA and twenty ads, over the real HTTP API.
type story struct {
	world    *world
	operator *client
	progress io.Writer
	today    calendar.Date
	cast     []*actor
	// explained are the problems whose words were shown; once is enough.
	explained map[string]bool
}

// actor is an employer in the story.
type actor struct {
	employer
	ads     []advert
	tenant  uuid.UUID
	account uuid.UUID
	// software is the employer's recruiting software, with a token of its own.
	software *client
}

func (a *actor) path(rest string) string { return "/v1/tenants/" + a.tenant.String() + rest }

func (a *actor) accountPath(rest string) string {
	return a.path("/ba-accounts/" + a.account.String() + rest)
}

func (s *story) say(format string, args ...any) { _, _ = fmt.Fprintf(s.progress, format, args...) }

// play tells the story, and fails when anything goes otherwise than it should.
func (s *story) play(ctx context.Context) error {
	for _, a := range s.cast {
		s.say("\n%s\n", a.Name)
		if err := s.onboard(ctx, a); err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	s.say("\nThe employers' own recruiting software saves twenty ads\n")
	for _, a := range s.cast {
		for i := range a.ads {
			if err := s.save(ctx, a, &a.ads[i]); err != nil {
				return fmt.Errorf("%s: %w", a.ads[i].externalID, err)
			}
		}
	}
	s.say("\nStellwerk sends files to the BA, which answers each with a file of its own\n")
	if err := s.eachAd(ctx, s.expectFirst); err != nil {
		return err
	}
	if err := s.showMail(ctx); err != nil {
		return err
	}
	s.say("\nOne ad is corrected, two are changed, one is withdrawn\n")
	if err := s.eachAd(ctx, s.change); err != nil {
		return err
	}
	s.say("\nThe BA answers again, and this is how the ads stand\n")
	return s.eachAd(ctx, s.expectLast)
}

func (s *story) eachAd(ctx context.Context, do func(context.Context, *actor, *advert) error) error {
	for _, a := range s.cast {
		for i := range a.ads {
			if err := do(ctx, a, &a.ads[i]); err != nil {
				return fmt.Errorf("%s: %w", a.ads[i].externalID, err)
			}
		}
	}
	return nil
}

type object = map[string]any

// created is the answer to whatever creates something.
type created struct {
	ID    uuid.UUID `json:"id"`
	Token string    `json:"token"`
}

// onboard leads an employer down the road, with the mistakes that people make on it.
func (s *story) onboard(ctx context.Context, a *actor) error {
	if err := s.enrol(ctx, a); err != nil {
		return err
	}
	var organisation created
	err := s.operator.call(ctx, http.MethodPost, a.accountPath("/hiring-organisations"),
		object{"name": a.Name, "town": a.Place.Town, "kundennummer": a.Kundennummer}, &organisation)
	if err != nil {
		return err
	}
	refused := s.operator.call(ctx, http.MethodPut, a.accountPath("/activation"), nil, nil)
	if err := s.expectProblem(refused, "steps_missing", "nothing is sent before the paperwork with the BA is done"); err != nil {
		return err
	}
	for _, step := range []string{"registered", "contract_requested", "contract_signed"} {
		err := s.operator.call(ctx, http.MethodPut, a.accountPath("/onboarding/steps/"+step),
			object{"done_on": s.today.AddDays(-30), "done_by": "Erika Beispiel"}, nil)
		if err != nil {
			return err
		}
	}
	err = s.operator.call(ctx, http.MethodPut, a.accountPath("/hiring-organisations/"+organisation.ID.String()+"/betreut"),
		object{"since": s.today.AddDays(-20), "confirmed_by": "Frau Amt, Arbeitgeber-Service"}, nil)
	if err != nil {
		return err
	}
	if err := s.certify(ctx, a); err != nil {
		return err
	}
	if err := s.operator.call(ctx, http.MethodPut, a.accountPath("/activation"), nil, nil); err != nil {
		return err
	}
	s.say("  ✓ paperwork done, certificate sealed away: the employer may send\n")
	return nil
}

// enrol creates tenant, token and account; the two numbers are mixed up at first.
func (s *story) enrol(ctx context.Context, a *actor) error {
	var answer created
	if err := s.operator.call(ctx, http.MethodPost, "/v1/tenants", object{"name": a.Name}, &answer); err != nil {
		return err
	}
	a.tenant = answer.ID
	err := s.operator.call(ctx, http.MethodPost, a.path("/tokens"), object{
		"name": "recruiting software of " + a.Name, "scopes": []string{"postings:read", "postings:write", "transfers:read"},
	}, &answer)
	if err != nil {
		return err
	}
	a.software = newClient(s.world.url, answer.Token)
	numbers := object{"name": a.Name, "supplier_id": a.Kundennummer, "alliance_number": a.Alliance}
	refused := s.operator.call(ctx, http.MethodPost, a.path("/ba-accounts"), numbers, nil)
	if err := s.expectProblem(refused, "invalid_input", "the customer number (Kundennummer) is not taken for the number of the sender (Supplier-ID)"); err != nil {
		return err
	}
	numbers["supplier_id"] = a.SupplierID
	if err := s.operator.call(ctx, http.MethodPost, a.path("/ba-accounts"), numbers, &answer); err != nil {
		return err
	}
	a.account = answer.ID
	return s.notify(ctx, a)
}

// certify hands in the certificate, with the wrong PIN first.
func (s *story) certify(ctx context.Context, a *actor) error {
	file, err := s.world.ba.issue(ctx, a.employer)
	if err != nil {
		return err
	}
	refused := s.operator.upload(ctx, a.accountPath("/certificates"), file, "0000", nil)
	if err := s.expectProblem(refused, "wrong_pin", "a certificate with the wrong PIN is not kept"); err != nil {
		return err
	}
	return s.operator.upload(ctx, a.accountPath("/certificates"), file, a.PIN, nil)
}

// expectProblem checks that the API refused with the expected code.
func (s *story) expectProblem(err error, code, shows string) error {
	refusal, ok := errors.AsType[*problem](err)
	if !ok || refusal.Code != code {
		return fmt.Errorf("expected the problem %s, got: %w", code, err)
	}
	s.say("  ✓ %s\n", shows)
	if !s.explained[code] {
		s.say("      %s\n", strings.Join(refusal.lines(), "\n      "))
	}
	s.explained[code] = true
	return nil
}

// save puts an ad in; what our own check finds is corrected first.
func (s *story) save(ctx context.Context, a *actor, ad *advert) error {
	err := a.put(ctx, ad)
	if ad.preflight {
		if err := s.expectProblem(err, "posting_not_publishable", "the BA would refuse this ad, so it is not sent"); err != nil {
			return err
		}
		ad.mend(&ad.content)
		err = a.put(ctx, ad)
	}
	if err != nil {
		return err
	}
	s.say("  ✓ %s\n", ad.content.Title)
	return nil
}

func (a *actor) put(ctx context.Context, ad *advert) error {
	return a.software.call(ctx, http.MethodPut, a.path("/postings/by-external-id/"+ad.externalID),
		object{"publish": true, "content": ad.content}, nil)
}

// shown is a posting as the story reads it.
type shown struct {
	ID      uuid.UUID `json:"id"`
	Title   string    `json:"title"`
	Content posting.Content
	Status  struct {
		AtBA      string `json:"at_ba"`
		Change    string `json:"change"`
		Reference string `json:"reference"`
		Refusal   *struct {
			Answers []answer `json:"answers"`
		} `json:"refusal"`
		Next struct {
			Text string `json:"text"`
		} `json:"next"`
	} `json:"status"`
}

type answer struct {
	Code        string `json:"code"`
	Text        string `json:"text"`
	Explanation string `json:"explanation"`
	Fix         string `json:"fix"`
}

// expectFirst waits for the BA's answer to an ad's first version.
func (s *story) expectFirst(ctx context.Context, a *actor, ad *advert) error {
	if ad.refused == "" {
		found, err := a.await(ctx, ad, "live", "none")
		if err != nil {
			return err
		}
		s.say("  ✓ live: %s, reference %s\n", found.Title, found.Status.Reference)
		return nil
	}
	found, err := a.await(ctx, ad, "none", "refused")
	if err != nil {
		return err
	}
	s.say("  ✗ refused: %s\n", found.Title)
	answers := found.Status.Refusal.Answers
	if !slices.ContainsFunc(answers, func(said answer) bool { return said.Code == ad.refused }) {
		return fmt.Errorf("expected the BA's code %s, got %v", ad.refused, answers)
	}
	for _, said := range answers {
		s.say("      %s\n      %s (the BA's code: %s)\n", said.Explanation, said.Fix, said.Code)
	}
	return nil
}

// change does with an ad what the story wants of it.
func (s *story) change(ctx context.Context, a *actor, ad *advert) error {
	switch {
	case ad.withdraw:
		found, err := a.read(ctx, ad)
		if err != nil {
			return err
		}
		s.say("  ✓ withdrawn: %s\n", ad.content.Title)
		return a.software.call(ctx, http.MethodPut, a.path("/postings/"+found.ID.String()+"/withdrawal"), nil, nil)
	case ad.correct != nil:
		ad.correct(&ad.content)
		s.say("  ✓ corrected: %s\n", ad.content.Title)
		return a.put(ctx, ad)
	case ad.update != nil:
		ad.update(&ad.content)
		s.say("  ✓ changed: %s\n", ad.content.Title)
		return a.put(ctx, ad)
	default:
		return nil
	}
}

// expectLast waits until an ad stands as it should in the end.
func (*story) expectLast(ctx context.Context, a *actor, ad *advert) error {
	want := "live"
	if ad.withdraw {
		want = "ended"
	}
	_, err := a.await(ctx, ad, want, "none")
	return err
}

func (a *actor) read(ctx context.Context, ad *advert) (shown, error) {
	var found shown
	err := a.software.call(ctx, http.MethodGet, a.path("/postings/by-external-id/"+ad.externalID), nil, &found)
	return found, err
}

// How the story waits for an answer.
const (
	lookEvery = 100 * time.Millisecond
	lookFor   = 3 * time.Minute
)

// await reads an ad until the BA has answered, and checks how it stands then.
func (a *actor) await(ctx context.Context, ad *advert, atBA, change string) (shown, error) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	for {
		found, err := a.read(ctx, ad)
		if err != nil {
			return shown{}, err
		}
		if found.Status.AtBA == atBA && found.Status.Change == change {
			return found, nil
		}
		select {
		case <-ctx.Done():
			return shown{}, fmt.Errorf("expected at_ba %s and change %s, still %s and %s: %w",
				atBA, change, found.Status.AtBA, found.Status.Change, ctx.Err())
		case <-time.After(lookEvery):
		}
	}
}
