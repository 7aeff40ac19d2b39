package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// demoTimeout bounds the whole demo.
const demoTimeout = 10 * time.Minute

func prepareDemo(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	asJSON := flags.Bool("json", false, "end with one JSON object on standard output; the progress goes to standard error")
	return func(ctx context.Context, std cli.Streams) error {
		ctx, stop := untilSignal(ctx)
		defer stop()
		ctx, cancel := context.WithTimeout(ctx, demoTimeout)
		defer cancel()
		progress := std.Out
		if *asJSON {
			progress = std.Err
		}
		told, err := runDemo(ctx, std, progress)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(std.Out).Encode(told)
		}
		return nil
	}
}

// runDemo makes a world, plays the story in it and drops it again.
func runDemo(ctx context.Context, std cli.Streams, progress io.Writer) (told summary, err error) {
	begun := time.Now()
	w, err := newWorld(ctx, std, progress)
	if err != nil {
		return summary{}, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	s, err := newStory(w, progress)
	if err != nil {
		return summary{}, err
	}
	if err := s.play(ctx); err != nil {
		return summary{}, orInterrupted(ctx, err)
	}
	if err := s.printTable(ctx); err != nil {
		return summary{}, orInterrupted(ctx, err)
	}
	told, err = s.summarise(ctx)
	told.Seconds = math.Round(time.Since(begun).Seconds()*100) / 100
	if err == nil {
		s.say("\n%d ads of %d employers: %d accepted, %d refused at first and corrected, %d updated, %d withdrawn; %d files sent, %.1f seconds.\n",
			told.Postings, told.Tenants, told.Accepted, told.Refused, told.Updated, told.Withdrawn, told.Transfers, told.Seconds)
	}
	return told, err
}

func prepareDev(*flag.FlagSet) func(context.Context, cli.Streams) error {
	return func(ctx context.Context, std cli.Streams) (err error) {
		ctx, stop := untilSignal(ctx)
		defer stop()
		w, err := newWorld(ctx, std, std.Out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.close()) }()
		s, err := newStory(w, io.Discard)
		if err != nil {
			return err
		}
		playing, cancel := context.WithTimeout(ctx, demoTimeout)
		defer cancel()
		if err := s.play(playing); err != nil {
			return orInterrupted(ctx, err)
		}
		_, err = fmt.Fprintf(std.Out, `
API        %[1]s
token      %[2]s   (operator)
the BA     %[3]s   (simulated; see what it has at %[4]s)
mails      %[6]s   (as .eml files; none is sent)

Two employers with twenty ads are there. For example:

  curl -s -H 'Authorization: Bearer %[2]s' %[1]s/v1/tenants
  curl -s -H 'Authorization: Bearer %[2]s' %[1]s/v1/tenants/%[5]s/postings

Ctrl-C ends it and removes everything.
`, w.url, w.token, w.ba.at.URL, w.ba.at.Control, s.cast[0].tenant, w.mails)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.ba.ended:
			return errors.New("the simulated BA has ended, and everything with it")
		}
	}
}

func newStory(w *world, progress io.Writer) (*story, error) {
	berlin, err := calendar.Berlin()
	if err != nil {
		return nil, err
	}
	day := today(berlin)
	care, logistics := employers()
	return &story{
		world: w, operator: newClient(w.url, w.token), progress: progress, today: day, explained: map[string]bool{},
		cast: []*actor{{employer: care, ads: careAds(care, day)}, {employer: logistics, ads: logisticsAds(logistics, day)}},
	}, nil
}
