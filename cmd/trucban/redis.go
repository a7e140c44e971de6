package main

import (
	"fmt"
	"strings"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// redisOptions reads one address, or several for Sentinel (master_name) or a cluster.
func redisOptions(v string) (*redis.UniversalOptions, error) {
	first, rest, many := strings.Cut(v, ",")
	if !strings.Contains(first, "://") {
		first = "redis://" + first
	}
	query := ""
	if many {
		if i := strings.IndexByte(rest, '?'); i >= 0 {
			rest, query = rest[:i], rest[i:]
		}
	}
	if i := strings.IndexByte(first, '?'); i >= 0 && query == "" {
		first, query = first[:i], first[i:]
	}
	master, cluster, query := universal(query)
	o, err := redis.ParseURL(first + query)
	if err != nil {
		return nil, fmt.Errorf("read the Redis address: %w", err)
	}
	u := &redis.UniversalOptions{
		Addrs: []string{o.Addr}, DB: o.DB, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		MasterName: master, IsClusterMode: cluster, DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		PoolSize: o.PoolSize, MaxRetries: o.MaxRetries,
		// A call ends with its context, and a server that does not answer is told at once: the loops try again themselves.
		ContextTimeoutEnabled: true, DialerRetries: 1,
	}
	if many {
		u.Addrs = append(u.Addrs, strings.Split(rest, ",")...)
	}
	return u, nil
}

// replicas is how many copies must have a commit: one of a Sentinel group, whose
// failover would otherwise lose the newest commits.
func replicas(o *redis.UniversalOptions) int {
	if o.MasterName != "" {
		return 1
	}
	return 0
}

// universal takes the parameters ParseURL does not know out of the query.
func universal(query string) (master string, cluster bool, rest string) {
	var keep []string
	for _, p := range strings.Split(strings.TrimPrefix(query, "?"), "&") {
		switch k, v, _ := strings.Cut(p, "="); k {
		case "":
		case "master_name":
			master = v
		case "cluster":
			cluster = v == "true" || v == "1"
		default:
			keep = append(keep, p)
		}
	}
	if len(keep) > 0 {
		rest = "?" + strings.Join(keep, "&")
	}
	return master, cluster, rest
}

// memoryRedis is a Redis inside this process, for the trial mode and scripts:
// its content is gone when the process ends.
type memoryRedis struct {
	server *miniredis.Miniredis
	client redis.UniversalClient
}

func newMemoryRedis() (*memoryRedis, error) {
	s := miniredis.NewMiniRedis()
	if err := s.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the store in memory: %w", err)
	}
	return &memoryRedis{server: s, client: redis.NewClient(&redis.Options{Addr: s.Addr(), Protocol: 2})}, nil
}

func (m *memoryRedis) Close() error {
	err := m.client.Close()
	m.server.Close()
	if err != nil {
		return fmt.Errorf("close the store in memory: %w", err)
	}
	return nil
}
