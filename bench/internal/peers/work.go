//go:build linux

package main

// A client is one of the programs that are compared.
type client string

// The clients. The last three of these appear in the handshake cases only.
const (
	ours       client = "smtpgauge"
	smtpSource client = "smtp-source"
	goSMTP     client = "go-smtp"
	floor      client = "floor"
	oursPlain  client = "smtpgauge, no TLS" // for the part of ours that is not the handshake
	openSSL    client = "openssl s_time"
	dialOnly   client = "connect only" // for the part of s_time that is not the handshake

	// smtpgauge with several shards. It has one elsewhere.
	twoShards   client = "smtpgauge, 2 shards"
	fourShards  client = "smtpgauge, 4 shards"
	eightShards client = "smtpgauge, 8 shards"

	// The floor in several processes, which share nothing.
	twoFloors   client = "floor, 2 processes"
	fourFloors  client = "floor, 4 processes"
	eightFloors client = "floor, 8 processes"
)

var (
	shardsOf    = map[client]int{ours: 1, oursPlain: 1, twoShards: 2, fourShards: 4, eightShards: 8}
	processesOf = map[client]int{floor: 1, twoFloors: 2, fourFloors: 4, eightFloors: 8}
)

// shards returns among how many shards a client shares its load; 0 if it is not smtpgauge.
func (c client) shards() int { return shardsOf[c] }

// processes returns among how many processes a floor shares its load; 0 if the client is none.
func (c client) processes() int { return processesOf[c] }

// floors returns the floor that shares the load among as many processes as a client has shards;
// "" if there is none.
func (c client) floors() client {
	for _, f := range []client{twoFloors, fourFloors, eightFloors} {
		if f.processes() == c.shards() {
			return f
		}
	}
	return ""
}

// A security says how a case uses TLS.
type security uint8

const (
	plain     security = iota
	fullTLS            // each connection makes a full handshake
	resumeTLS          // each connection resumes an earlier TLS session
)

// A work is what every client of a case has to do.
type work struct {
	sessions  int
	messages  int
	size      int // bytes of a message with its header
	reconnect bool
	pipelined bool
	security  security
	idle      bool // for smtpgauge only: each session sends one message and stays open
	proof     int  // for smtpgauge only: iterations of AUTH SCRAM-SHA-256; 0 for no AUTH
}

// alone returns the work for a single session, which shows the memory of the client without that of
// its sessions.
func (w work) alone() work {
	w.sessions, w.messages = 1, 200
	return w
}

// A server is one of the servers to load.
type server string

const (
	epollSink   server = "epoll sink"
	postfixSink server = "smtp-sink"
	labTLS      server = "TLS server"
	labAuth     server = "server with AUTH"
)
