package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// maxRate bounds the budgets of requests a minute.
const maxRate = 1_000_000

// checkEdge complains about what is said of callers.
func (c *Config) checkEdge(complain func(ok bool, name, must string)) {
	_, err := c.Proxies()
	complain(err == nil, "TRUSTED_PROXIES", "must be networks such as 10.0.0.0/8, with commas between")
	_, err = c.Origins()
	complain(err == nil, "CORS_ORIGINS", "must be origins such as https://app.example, without a path, with commas between")
	for name, rate := range map[string]int{
		"RATE_TOKEN": c.RateToken, "RATE_TENANT": c.RateTenant, "RATE_PUBLISHING": c.RatePublishing, "RATE_ADDRESS": c.RateAddress,
	} {
		complain(rate >= 0 && rate <= maxRate, name, "must be 0 to 1000000")
	}
}

// Proxies returns the networks of the proxies that are trusted.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var found []netip.Prefix
	for _, part := range list(c.TrustedProxies) {
		network, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, err
		}
		if network != network.Masked() {
			return nil, fmt.Errorf("%s has bits beyond its length", network)
		}
		found = append(found, network)
	}
	return found, nil
}

// Origins returns the origins whose scripts may call the API, as browsers write them.
func (c *Config) Origins() ([]string, error) {
	found := list(c.CORSOrigins)
	for _, origin := range found {
		address, err := url.Parse(origin)
		if err != nil {
			return nil, err
		}
		plain := address.Host == strings.ToLower(address.Host) && address.Scheme+"://"+address.Host == origin
		local := address.Scheme == "http" && address.Hostname() == "localhost" // of whoever develops a page
		if !plain || strings.Contains(origin, "*") || (!isSafe(origin) && !local) {
			return nil, errors.New("not an origin")
		}
	}
	return found, nil
}

// list splits a value at its commas.
func list(value string) []string {
	var found []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}
