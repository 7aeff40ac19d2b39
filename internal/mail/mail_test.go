package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/mail"
)

func TestAddressesThatAreOneAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"jobs@muster-pflege.example": true, "a.b+c@x.example": true, "": false, "jobs": false, "@x.example": false, "a@": false,
		"Frau A <a@x.example>": false, "<a@x.example>": false, "a@x.example, b@x.example": false, "a@x.example\r\nBcc: b@x.example": false,
		"a@müster.example": false, "ä@x.example": false, "a b@x.example": false, strings.Repeat("a", 250) + "@x.example": false,
	} {
		if got := mail.ValidAddress(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestAMailThatComesTwiceLiesInTheFolderOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	folder, err := mail.NewFolder(dir, "stellwerk@stellwerk.example")
	check(t, err)

	for range 2 {
		if left, err := folder.Send(t.Context(), message("a@muster.example")); err != nil || left != nil {
			t.Fatalf("left %v, error %v", left, err)
		}
	}

	files, err := os.ReadDir(dir)
	check(t, err)
	if len(files) != 1 || files[0].Name() != "0193a1b2-0000-7000-8000-000000000001.eml" {
		t.Errorf("files %v", files)
	}
}

func TestAFolderThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	folder, err := mail.NewFolder(dir, "stellwerk@stellwerk.example")
	check(t, err)
	check(t, os.RemoveAll(dir))

	left, err := folder.Send(t.Context(), message("a@muster.example"))

	if err == nil || len(left) != 1 {
		t.Errorf("left %v, error %v", left, err)
	}
}
