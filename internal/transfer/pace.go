package transfer

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// Pace says when the BA's answers are looked for and how long failures wait. Demo and tests shorten it.
type Pace struct {
	// Quiet is how long an account waits after the first of several changes, so that they become one file.
	Quiet time.Duration
	// Polls are the times since the upload at which the BA's folder is read; after the last one it is read every PollEvery.
	Polls     []time.Duration
	PollEvery time.Duration
	// Retries are the waits after failures that may pass by themselves, one after another; the last one repeats. Polls and Retries
	// hold at least one each.
	Retries []time.Duration
	// Stuck is the wait after failures that somebody must mend: a refused certificate, a rejected file. Mending wakes the account at once.
	Stuck time.Duration
	// Probes are the waits between single ads by which it is found out whether the BA still refuses all of them; the last one repeats.
	Probes []time.Duration
	// Overtake is how much of the BA's working time an unanswered file stops the next one.
	Overtake time.Duration
	// Alarm is how long after the upload a missing answer is an alarm.
	Alarm time.Duration
}

// DefaultPace is the pace for the real BA, which normally takes a file into work within half an hour.
func DefaultPace() Pace {
	return Pace{
		Quiet: 2 * time.Second,
		Polls: []time.Duration{
			10 * time.Minute,
			20 * time.Minute,
			40 * time.Minute,
		},
		PollEvery: time.Hour, // 1 h 40 min after the upload, 2 h 40 min, and so on
		Retries: []time.Duration{
			10 * time.Second, // 10 s after the first failure
			30 * time.Second, // 40 s
			2 * time.Minute,  // 2 min 40 s
			5 * time.Minute,  // 7 min 40 s
			15 * time.Minute, // 22 min 40 s, and so on
		},
		Stuck: time.Hour,
		Probes: []time.Duration{
			time.Hour,      // 1 h after the refusal
			3 * time.Hour,  // 4 h
			8 * time.Hour,  // 12 h
			12 * time.Hour, // 24 h, and so on
		},
		Overtake: 2 * time.Hour,
		Alarm:    24 * time.Hour,
	}
}

// poll returns how long after the upload the BA's folder is read for the (n+1)th time.
func (p Pace) poll(n int) time.Duration {
	if n < len(p.Polls) {
		return p.Polls[n]
	}
	return p.Polls[len(p.Polls)-1] + time.Duration(n-len(p.Polls)+1)*p.PollEvery
}

// retry returns how long to wait after a failure, by how long it has been going on.
func (p Pace) retry(lasting time.Duration) time.Duration {
	var passed time.Duration
	for _, wait := range p.Retries {
		if passed += wait; lasting < passed {
			return wait
		}
	}
	return p.Retries[len(p.Retries)-1]
}

// probe returns how long to wait after the nth probe, the first refusal being the 0th.
func (p Pace) probe(n int) time.Duration { return p.Probes[min(n, len(p.Probes)-1)] }

// The hours in Germany between which the BA works on files.
const (
	opens  = 7
	closes = 19
)

// worked returns how much of the BA's working time passed from one time to another, counted to no more than the limit.
func worked(from, until time.Time, limit time.Duration, berlin *time.Location) time.Duration {
	var sum time.Duration
	for day := calendar.On(from, berlin); sum < limit && day.Start(berlin).Before(until); day = day.AddDays(1) {
		begin, end := onDay(day, opens, berlin), onDay(day, closes, berlin)
		if from.After(begin) {
			begin = from
		}
		if until.Before(end) {
			end = until
		}
		sum += max(0, end.Sub(begin))
	}
	return min(sum, limit)
}

// afterWork returns when so much of the BA's working time will have passed since a time.
func afterWork(from time.Time, need time.Duration, berlin *time.Location) time.Time {
	for day := calendar.On(from, berlin); ; day = day.AddDays(1) {
		begin, end := onDay(day, opens, berlin), onDay(day, closes, berlin)
		if from.After(begin) {
			begin = from
		}
		open := max(0, end.Sub(begin))
		if need <= open {
			return begin.Add(need)
		}
		need -= open
	}
}

// onDay is a full hour on the clocks in Germany. Neither of the BA's hours is one that daylight saving skips or repeats.
func onDay(day calendar.Date, hour int, berlin *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, hour, 0, 0, 0, berlin)
}
