package crew

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// meet connects to where the agents come, and returns the command that starts one.
func (c *Crew) meet(stderr io.Writer) (how string, err error) {
	o := &c.o
	if o.Listen != "" {
		server, err := bus.Serve(o.Listen, o.Token.Token, o.Agents+len(c.names), func(text string) { say(stderr, text) })
		if err != nil {
			return "", err
		}
		c.bus = server
		join := server.Join()
		join.Address = reachable(join.Address)
		c.where = join.Address
		if o.Token.Chosen {
			join.Token = bus.Token{}
		}
		return "smtpgauge agent --join " + join.String(), nil
	}
	options := o.Bus
	options.Name, options.Report = "smtpgauge coordinator", ReportOnce(stderr)
	if c.bus, err = Connect(o.URL, o.Token.Token, options); err != nil {
		return "", err
	}
	c.where = bus.WithoutPassword(o.URL)
	how = "smtpgauge agent --nats " + c.where
	if !o.Token.Chosen {
		how = o.Token.Variable + "=" + o.Token.Secret() + " " + how
	}
	return how, nil
}

// tellHow prints how to start the agents.
func (c *Crew) tellHow(how string, stderr io.Writer) {
	note := ""
	if c.o.Token.Chosen {
		note = "   # with the same " + c.o.Token.Variable
	}
	who := "the agent"
	if c.o.Agents > 1 {
		who = fmt.Sprintf("each of the %d agents", c.o.Agents)
	}
	fmt.Fprintf(stderr, "start %s with:\n  %s\n", who, how+note)
	for _, name := range c.names {
		fmt.Fprintf(stderr, "and on the server's machine:\n  %s --name %s --watch PROCESS%s\n", how, name, note)
	}
}

// gather waits for the agents. It says so at once, and every 10 s who is there; the fleet
// reports each that comes or is lost.
func (c *Crew) gather(ctx context.Context, stderr io.Writer) error {
	ctx, timeout := context.WithTimeout(ctx, c.o.Wait)
	defer timeout()
	fmt.Fprintf(stderr, "waiting for agents: 0 of %d, for %s at the most; ^C ends the waiting\n", c.o.Agents, human.Exact(c.o.Wait))
	begun := time.Now()
	tell := time.NewTicker(10 * time.Second)
	defer tell.Stop()
	result := make(chan error, 1)
	go func() { result <- c.fleet.Gather(ctx) }()
	for {
		select {
		case err := <-result:
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				a := c.attendance()
				return fmt.Errorf("not all agents came within %s: %s. See what smtpgauge agent prints on the other machines, and whether they reach %s; --agents-wait waits longer", human.Exact(c.o.Wait), a.text(), c.where)
			case errors.Is(err, context.Canceled):
				return fmt.Errorf("%w before the load", gauge.ErrInterrupted)
			}
			return err
		case <-tell.C:
			a := c.attendance()
			fmt.Fprintf(stderr, "waiting for agents: %s, after %s of %s\n", a.text(), human.Seconds(time.Since(begun)), human.Exact(c.o.Wait))
		}
	}
}

// An attendance is who of a crew is there.
type attendance struct {
	there, silent []string
	of            int
	watchers      []string // that are to look at the server, and are not there
}

func (c *Crew) attendance() attendance {
	a := attendance{of: c.o.Agents, watchers: c.fleet.MissingWatchers()}
	for _, m := range c.fleet.Members() {
		name := printable.Text(m.Name + " on " + m.Host)
		if m.Away {
			a.silent = append(a.silent, name)
		} else {
			a.there = append(a.there, name)
		}
	}
	return a
}

// text says who is there and who is not: "1 of 2 (a on x); b on y came and is silent".
func (a *attendance) text() string {
	text := fmt.Sprintf("%d of %d", len(a.there), a.of)
	if len(a.there) > 0 {
		text += " (" + strings.Join(a.there, ", ") + ")"
	}
	if len(a.silent) > 0 {
		text += "; silent since it came: " + strings.Join(a.silent, ", ")
	}
	if len(a.watchers) > 0 {
		text += "; to look at the server, and not there: " + printable.Text(strings.Join(a.watchers, ", "))
	}
	return text
}

// reachable is an address that agents on other machines may use: of one that stands for all
// addresses of this machine, the first that is not of loopback.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !net.ParseIP(host).IsUnspecified() {
		return address
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return address
	}
	for _, a := range list {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			return net.JoinHostPort(ip.IP.String(), port)
		}
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// CheckServers finds out what is wrong with a URL of NATS servers: a usage.Error without its
// password.
func CheckServers(url string) error { return mistaken(url, bus.CheckServers(url)) }

// Connect connects to NATS servers of the user's own. The error is a usage.Error, too: they are
// waited for.
func Connect(url string, t bus.Token, o bus.Options) (bus.Bus, error) {
	b, err := bus.Connect(url, t, o)
	return b, mistaken(url, err)
}

func mistaken(url string, err error) error {
	if err == nil {
		return nil
	}
	return usage.Errorf("for example --nats tls://nats.example.test:4222 --nats-creds FILE; several URLs have commas between them", "--nats %s: %w", bus.WithoutPassword(url), err)
}

// ReportOnce returns a function that prints each text, unless it is the one before.
func ReportOnce(stderr io.Writer) func(string) {
	texts := make(chan string, 1)
	texts <- ""
	return func(text string) {
		last := <-texts
		texts <- text
		if text != last {
			say(stderr, text)
		}
	}
}

func say(stderr io.Writer, text string) { fmt.Fprintln(stderr, printable.Text(text)) }
