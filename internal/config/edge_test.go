package config_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/config"
)

func TestProxiesAreNetworks(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "[]", "10.0.0.0/8": "[10.0.0.0/8]", "10.1.2.3/32 , 2001:db8::/32,": "[10.1.2.3/32 2001:db8::/32]",
		"10.0.0.1": "wrong", "10.0.0.1/8": "wrong", "10.0.0.0/33": "wrong", "proxy.example": "wrong", "*": "wrong",
	} {
		c, err := config.Read([]string{"STELLWERK_TRUSTED_PROXIES=" + value})
		got := "wrong"
		if err == nil {
			networks, err := c.Proxies()
			if err != nil {
				t.Error(err)
			}
			got = fmt.Sprint(networks)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestOriginsAreWhatBrowsersSend(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{
		"":                    nil,
		"https://app.example": {"https://app.example"},
		"https://app.example:8443, http://localhost:3000,http://127.0.0.1:5173": {"https://app.example:8443", "http://localhost:3000", "http://127.0.0.1:5173"},
	} {
		c, err := config.Read([]string{"STELLWERK_CORS_ORIGINS=" + value})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Origins(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", value, got, err)
		}
	}
	for _, value := range []string{
		"*", "https://*.example", "app.example", "http://app.example", "https://app.example/", "https://App.example", "https://user@app.example",
		"https://app.example?x=1", "null", "https://", "ftp://app.example",
	} {
		if _, err := config.Read([]string{"STELLWERK_CORS_ORIGINS=" + value}); err == nil {
			t.Errorf("%q is read", value)
		}
	}
}
