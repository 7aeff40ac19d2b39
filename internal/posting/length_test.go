package posting

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// TestLengthsCountWhatIsSent: a limit counts the code points of the text that goes into the file, and a text over it is told with both
// numbers and left as long as it is.
func TestLengthsCountWhatIsSent(t *testing.T) {
	t.Parallel()
	const wide = "\U0001F600"
	for _, tt := range []struct {
		name    string
		content Content
		id      hrbaxml.ID
		// length is what the text has in the file; over says that this is more than permitted.
		length int
		over   bool
	}{
		{"four bytes each", Content{Description: strings.Repeat(wide, 4000)}, hrbaxml.Objective, 4000, false},
		{"one too many", Content{Description: strings.Repeat(wide, 4001)}, hrbaxml.Objective, 4001, true},
		{"entities are one", Content{Description: strings.Repeat("&auml;", 4000)}, hrbaxml.Objective, 4000, false},
		{"entities, one too many", Content{Description: strings.Repeat("&auml;", 4001)}, hrbaxml.Objective, 4001, true},
		{"ampersands are one, though a file needs five bytes", Content{Description: strings.Repeat("&", 4000)}, hrbaxml.Objective, 4000, false},
		{"markup does not count", Content{Description: strings.Repeat("<b>a</b>", 4000)}, hrbaxml.Objective, 4000, false},
		{"bullets and breaks do", Content{Description: "<ul>" + strings.Repeat("<li>a</li>", 1001) + "</ul>"}, hrbaxml.Objective, 4*1001 - 1, true},
		{"what XML forbids does not", Content{Description: strings.Repeat("a\x00\x1f\ufeff", 4000)}, hrbaxml.Objective, 4000, false},
		{"line ends of two signs are one", Content{Description: strings.Repeat("a\r\n", 2000) + "a"}, hrbaxml.Objective, 4001, true},
		{"blanks around do not", Content{Title: "  " + strings.Repeat("ü", 60) + "\n"}, hrbaxml.JobPositionTitleDescription, 60, false},
		{"a title too long", Content{Title: strings.Repeat("ü", 61)}, hrbaxml.JobPositionTitleDescription, 61, true},
		{"a note too long", Content{WorkingTime: &WorkingTime{Note: strings.Repeat("€", 256)}}, hrbaxml.ScheduleSummaryText, 256, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var ad hrbaxml.Ad
			Encode(&ad, &tt.content, sampleEnvelope(testDay, hrbaxml.P82()))

			var over bool
			for _, v := range hrbaxml.CheckAd(ad, hrbaxml.P82()) {
				if v.ID == tt.id && v.Reason == hrbaxml.TooLong {
					over = true
					if v.Found != tt.length || v.Limit >= tt.length {
						t.Errorf("found %d over %d, want %d", v.Found, v.Limit, tt.length)
					}
				}
			}
			if over != tt.over {
				t.Errorf("over the limit: %v", over)
			}
			for _, node := range ad {
				if n := len([]rune(node.Text)); node.ID == tt.id && n != tt.length {
					t.Errorf("%d characters are sent, want %d", n, tt.length)
				}
			}
		})
	}
}
