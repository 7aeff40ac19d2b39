package testdb_test

import (
	"bufio"
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/testdb"
)

// startCluster starts a cluster for one test.
func startCluster(t *testing.T) *testdb.Cluster {
	t.Helper()
	c, err := testdb.StartCluster(t.Context(), testdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
