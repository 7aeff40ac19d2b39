package transfer

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestAFolderThatMovesIsFoundAndRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := func() tenant.PathMode {
		t.Helper()
		account, err := w.directory.Account(w.ctx, w.account)
		check(t, err)
		return account.PathMode
	}
	w.live()
	first := path()

	check(t, w.ba.ChangePartner(w.supplier, func(p *basim.Partner) { p.PrefixRequired = true }))
	id := w.publish()
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if moved := path(); first != tenant.PathPlain || moved != tenant.PathPrefixed {
		t.Errorf("the folder was %s, then %s", first, moved)
	}
	if trouble := w.trouble(); trouble != "" {
		t.Errorf("the account has the trouble %s", trouble)
	}
}
