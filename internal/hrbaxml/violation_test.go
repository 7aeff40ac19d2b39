package hrbaxml_test

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestEveryReasonHasAMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		violation hrbaxml.Violation
		want      string
	}{
		{hrbaxml.Violation{Reason: hrbaxml.BlankFile}, "the file is empty"},
		{hrbaxml.Violation{Reason: hrbaxml.FileTooLarge, Limit: 7}, "the file is larger than 7 bytes"},
		{hrbaxml.Violation{Reason: hrbaxml.BadEncoding, Detail: "the file is UTF-16"}, "the file is UTF-16"},
		{hrbaxml.Violation{Reason: hrbaxml.NotWellFormed, Detail: "x"}, "not well-formed XML: x"},
		{hrbaxml.Violation{Reason: hrbaxml.HasDoctype}, "a document type declaration is not permitted"},
		{hrbaxml.Violation{Reason: hrbaxml.TooDeep, Limit: 64}, "elements are nested more than 64 deep"},
		{hrbaxml.Violation{Reason: hrbaxml.TooManyElements, Limit: 10}, "the element stands here more often than 10 times"},
		{hrbaxml.Violation{Reason: hrbaxml.ForbiddenCharacter, Detail: "U+0007"}, "the text holds U+0007, which XML forbids"},
		{hrbaxml.Violation{Reason: hrbaxml.MissingElement, Path: "/a/b"}, "/a/b: the element is missing"},
	} {
		if got := test.violation.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
