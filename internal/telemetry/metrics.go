package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// namespace begins the name of every figure of ours.
const namespace = "stellwerk"

// The bounds of histograms, in seconds: what a request takes, what a call of the BA's host takes, and how long the BA takes to answer a
// file, which is said to be ten minutes and was seen to be hours.
var (
	requestBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	callBuckets    = []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300}
	answerBuckets  = []float64{60, 300, 600, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600, 48 * 3600, 7 * 24 * 3600}
)

// Metrics are the figures of one process. They are kept in memory, so that asking for them asks nobody else: figures of the database are
// brought here by whoever reads them, with the time of the reading beside them. No figure carries the name of a tenant.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	limited   *prometheus.CounterVec
	calls     *prometheus.HistogramVec
	answers   prometheus.Histogram
	jobs      *prometheus.GaugeVec
	jobAge    *prometheus.GaugeVec
	accounts  *prometheus.GaugeVec
	late      reading
	out       reading
	pulseAt   reading
	tenants   reading
	ads       *prometheus.GaugeVec
	ending    *prometheus.GaugeVec
	firstEnd  reading
	countedAt reading
}

// NewMetrics returns the figures of a process that has just begun, with those of Go and of the process itself.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: histograms("http_request_duration_seconds", "How long requests took, by operation of the contract and status.",
			requestBuckets, "operation", "status"),
		limited: counters("http_requests_limited_total", "Requests that were refused because a budget was used up.", "policy"),
		calls: histograms("ba_call_duration_seconds", "How long one call of the BA's file host took, by its kind and outcome.",
			callBuckets, "call", "outcome"),
		answers: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "ba_answer_seconds", Help: "How long the BA took from a file's upload to its answer.", Buckets: answerBuckets,
		}),
		jobs:      gauges("jobs", "Jobs that are not done, by state.", "state"),
		jobAge:    gauges("jobs_oldest_seconds", "How long the oldest job has been in its state: available is the queue's age.", "state"),
		accounts:  gauges("accounts_due", "BA accounts whose time has come, by whether somebody works on them.", "claimed"),
		late:      newReading("accounts_due_oldest_seconds", "How long the account that waits longest has been due."),
		out:       newReading("ba_out", "1 while the BA's host is held to be out and nobody is sent there."),
		pulseAt:   newReading("pulse_timestamp_seconds", "When the figures of jobs, due accounts and the BA's host were read."),
		tenants:   newReading("tenants", "Tenants that were counted."),
		ads:       gauges("ads", "Job ads of all tenants, by what the BA has and by what is on its way.", "at_ba", "change"),
		ending:    gauges("certificates_ending", "Active certificates that end within so many days.", "days"),
		firstEnd:  newReading("certificate_days_left_min", "Days until the first of the active certificates ends; negative when it has."),
		countedAt: newReading("census_timestamp_seconds", "When the count of tenants, ads and certificates was finished."),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.limited, m.calls, m.answers, m.jobs, m.jobAge, m.accounts, m.late, m.out, m.pulseAt, m.tenants, m.ads, m.ending, m.firstEnd, m.countedAt,
	)
	return m
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// reading is a figure that is brought here: until then, and where nobody brings it, it is not there, since a zero would claim something.
type reading struct{ *prometheus.GaugeVec }

func newReading(name, help string) reading { return reading{gauges(name, help)} }

// Set takes up what was read.
func (r reading) Set(value float64) { r.WithLabelValues().Set(value) }

// Handler answers the figures in Prometheus' format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// Request counts an answered request. The operation is one of the contract, or empty for what is not in it.
func (m *Metrics) Request(operation string, status int, took time.Duration) {
	if operation == "" {
		operation = "none"
	}
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}

// Limited counts a request that was refused because the budget of a policy was used up.
func (m *Metrics) Limited(policy string) { m.limited.WithLabelValues(policy).Inc() }

// Call counts a call of the BA's host: what kind it was, and what became of it.
func (m *Metrics) Call(call, outcome string, took time.Duration) {
	m.calls.WithLabelValues(call, outcome).Observe(took.Seconds())
}

// Answered counts a file that the BA has answered.
func (m *Metrics) Answered(took time.Duration) { m.answers.Observe(took.Seconds()) }

// Pulse is how much work waits, on the whole platform.
type Pulse struct {
	At time.Time
	// Jobs are counts and, in JobAge, ages of the oldest, by their state.
	Jobs   map[string]int
	JobAge map[string]time.Duration
	// Due are accounts on which nobody works though their time has come, Claimed those on which somebody does, and Late is how long the
	// one of Due that waits longest has waited.
	Due, Claimed int
	Late         time.Duration
	// Out says that the BA's host is held to be out.
	Out bool
}

// SetPulse takes up the newest reading.
func (m *Metrics) SetPulse(p Pulse) {
	m.jobs.Reset()
	m.jobAge.Reset()
	for state, count := range p.Jobs {
		m.jobs.WithLabelValues(state).Set(float64(count))
		m.jobAge.WithLabelValues(state).Set(p.JobAge[state].Seconds())
	}
	m.accounts.WithLabelValues("false").Set(float64(p.Due))
	m.accounts.WithLabelValues("true").Set(float64(p.Claimed))
	m.late.Set(p.Late.Seconds())
	out := 0.
	if p.Out {
		out = 1
	}
	m.out.Set(out)
	m.pulseAt.Set(float64(p.At.Unix()))
}

// AdState is what the BA has of an ad, and what is on its way.
type AdState struct{ AtBA, Change string }

// Census is what all tenants have together.
type Census struct {
	At      time.Time
	Tenants int
	Ads     map[AdState]int
	// Ends is when each active certificate ends.
	Ends []time.Time
}

// endings are the days before its end at which a certificate is counted as ending; zero counts those that have ended.
var endings = []int{0, 7, 14, 30, 60, 90}

// day is what days left are counted in.
const day = 24 * time.Hour

// SetCensus takes up the newest count.
func (m *Metrics) SetCensus(c Census) {
	m.tenants.Set(float64(c.Tenants))
	m.ads.Reset()
	for state, count := range c.Ads {
		m.ads.WithLabelValues(state.AtBA, state.Change).Set(float64(count))
	}
	for _, days := range endings {
		count := 0
		for _, end := range c.Ends {
			if end.Sub(c.At) <= time.Duration(days)*day {
				count++
			}
		}
		m.ending.WithLabelValues(strconv.Itoa(days)).Set(float64(count))
	}
	m.countedAt.Set(float64(c.At.Unix()))
	if len(c.Ends) == 0 {
		m.firstEnd.Reset()
		return
	}
	first := c.Ends[0]
	for _, end := range c.Ends {
		if end.Before(first) {
			first = end
		}
	}
	m.firstEnd.Set(first.Sub(c.At).Hours() / day.Hours())
}
