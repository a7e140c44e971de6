package web

import (
	"crypto/subtle"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Stats gives the bot's figures at the moment it is asked; it answers in bounded time.
type Stats interface {
	Figures() []Figure
}

// Figure is one number for /metrics.
type Figure struct {
	Name    string // "trucban_outbox_waiting"; names of one kind keep to one set of labels
	Help    string
	Counter bool // it only grows; otherwise it goes up and down
	Value   float64
	Labels  map[string]string
}

// statsCollector asks Stats at every scrape. It describes nothing beforehand, so
// that figures may come and go with what there is to count.
type statsCollector struct{ stats Stats }

// Describe implements prometheus.Collector; it names nothing beforehand.
func (statsCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c statsCollector) Collect(out chan<- prometheus.Metric) {
	for _, f := range c.stats.Figures() {
		names := slices.Sorted(maps.Keys(f.Labels))
		values := make([]string, len(names))
		for i, n := range names {
			values[i] = f.Labels[n]
		}
		kind := prometheus.GaugeValue
		if f.Counter {
			kind = prometheus.CounterValue
		}
		desc := prometheus.NewDesc(f.Name, f.Help, names, nil)
		m, err := prometheus.NewConstMetric(desc, kind, f.Value, values...)
		if err != nil {
			m = prometheus.NewInvalidMetric(desc, err)
		}
		out <- m
	}
}

// metricsHandler serves the figures in a registry of its own: nothing is global.
func metricsHandler(o Options) (http.Handler, error) {
	reg := prometheus.NewRegistry()
	list := append([]prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}, o.Collectors...)
	if o.Stats != nil {
		list = append(list, statsCollector{o.Stats})
	}
	for _, c := range list {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	h := promhttp.HandlerFor(reg, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	if o.MetricsToken == "" {
		return h, nil
	}
	want := []byte("Bearer " + o.MetricsToken)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "token needed", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	}), nil
}
