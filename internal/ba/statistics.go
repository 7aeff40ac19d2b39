package ba

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// statistics is the folder in the employer's directory where the BA puts its workbooks about what was refused and which ads there are.
const statistics = "Statistiken"

// maxStatistics bounds how many workbooks are looked at; the BA has a handful.
const maxStatistics = 20

// Statistics returns the workbooks (.xlsx) that the BA has about the employer, at most 20; none when it keeps no such folder.
func (s *Session) Statistics(ctx context.Context) ([]Entry, error) {
	all, err := s.listAt(ctx, s.statisticsURL())
	if failure, ok := errors.AsType[*Error](err); ok && failure.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the BA's statistics: %w", err)
	}
	var workbooks []Entry
	for _, entry := range all {
		if strings.HasSuffix(strings.ToLower(entry.Name), ".xlsx") && len(workbooks) < maxStatistics {
			workbooks = append(workbooks, entry)
		}
	}
	return workbooks, nil
}

// DownloadStatistics returns a workbook by the name that Statistics gave. One of more than limit bytes is an error of ClassTooLarge.
func (s *Session) DownloadStatistics(ctx context.Context, name string, limit int64) ([]byte, error) {
	if !validName(name) {
		return nil, fmt.Errorf("download from the BA: %q cannot be a file name", name)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.transferTimeout)
	defer cancel()
	got, err := s.fetch(ctx, http.MethodGet, s.statisticsURL().JoinPath(url.PathEscape(name)), limit)
	if err != nil {
		return nil, fmt.Errorf("download statistics %s from the BA: %w", name, err)
	}
	return got.body, nil
}

func (s *Session) statisticsURL() *url.URL {
	return s.directory(s.PathMode()).JoinPath(statistics + "/")
}
