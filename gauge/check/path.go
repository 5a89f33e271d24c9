package check

import (
	"context"
	"net"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// smallPath is the least MTU that a path of today has without a tunnel in it.
const smallPath = 1400

// path reports the round trip and the MTU of the way to the server, as the kernel knows
// them of a connection.
func (l *look) path(ctx context.Context) {
	if l.options.Dial != nil || l.walk.at.Path != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	c, err := dialTCP(ctx, l.walk.at)
	if err != nil {
		return // the walk connected; there is nothing new to say
	}
	defer c.Close()
	rtt, mtu, known := machine.PathOf(c)
	switch {
	case !known:
	case mtu < smallPath:
		l.add(Note, Path, "", "the path's MTU is %d, and the round trip %s: a tunnel, or a broken setting, makes large messages slower", mtu, human.Duration(rtt))
	default:
		l.ok(Path, "the path's MTU is %d, and the round trip %s", mtu, human.Duration(rtt))
	}
}

// dialTCP connects to an address that a walk has connected to, so that it may be loaded.
func dialTCP(ctx context.Context, a netdrive.Addr) (*net.TCPConn, error) {
	d := net.Dialer{}
	if a.Source.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: a.Source.AsSlice(), Zone: a.Source.Zone()}
	}
	c, err := d.DialContext(ctx, "tcp", a.TCP.String())
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}
