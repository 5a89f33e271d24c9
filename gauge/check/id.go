package check

// An ID names a kind of finding. IDs are stable: docs/check.md says what each means.
type ID string

// What can be wrong on the way to a server.
const (
	NameNotFound       ID = "name-not-found"
	LookUpFailed       ID = "lookup-failed"
	ConnectionRefused  ID = "connection-refused"
	ConnectTimeout     ID = "connect-timeout"
	AddressUnreachable ID = "address-unreachable"
	OwnLimit           ID = "own-limit"
)

// What can be wrong with how a session begins.
const (
	ConnectionLost ID = "connection-lost"
	NotSMTP        ID = "not-smtp"
	BannerRefused  ID = "banner-refused"
	HelloRefused   ID = "hello-refused"
	Slow           ID = "slow"
	RefusedForNow  ID = "refused-for-now"
	BadProtocol    ID = "bad-protocol"
)

// What can be wrong with TLS.
const (
	PlainOnTLSPort              ID = "plain-on-tls-port"
	TLSOnPlainPort              ID = "tls-on-plain-port"
	StartTLSMissing             ID = "starttls-missing"
	StartTLSRefused             ID = "starttls-refused"
	TLSDemanded                 ID = "tls-demanded"
	TLSVersion                  ID = "tls-version"
	TLSHandshake                ID = "tls-handshake"
	ClientCertificate           ID = "client-certificate"
	CertificateExpired          ID = "certificate-expired"
	CertificateNotYetValid      ID = "certificate-not-yet-valid"
	CertificateWrongName        ID = "certificate-wrong-name"
	CertificateSelfSigned       ID = "certificate-self-signed"
	CertificateUnknownAuthority ID = "certificate-unknown-authority"
	CertificateChainIncomplete  ID = "certificate-chain-incomplete"
	CertificateInvalid          ID = "certificate-invalid"
)

// What can be wrong with a login.
const (
	AuthNeedsTLS    ID = "auth-needs-tls"
	AuthNotOffered  ID = "auth-not-offered"
	AuthNoMechanism ID = "auth-no-mechanism"
	LoginRefused    ID = "login-refused"
	LoginDemanded   ID = "login-demanded"
)

// What can be wrong with an envelope or a message.
const (
	ClientRefused    ID = "client-refused"
	SenderRefused    ID = "sender-refused"
	RecipientRefused ID = "recipient-refused"
	RelayDenied      ID = "relay-denied"
	MessageTooBig    ID = "message-too-big"
	ExtensionMissing ID = "extension-missing"
	MessageRefused   ID = "message-refused"
)

// What is looked at beside, and may be better.
const (
	SlowBanner          ID = "slow-banner"
	SlowStep            ID = "slow-step"
	AuthBeforeTLS       ID = "auth-before-tls"
	TLSOldVersion       ID = "tls-old-version"
	CertificateEndsSoon ID = "certificate-expires-soon"
	CertificateWeak     ID = "certificate-weak"
	AnnouncedLimit      ID = "announced-limit"
	SessionLimit        ID = "session-limit"
	OpenRelay           ID = "open-relay"
)

// What was looked at, and is as it should be.
const (
	Reachable   ID = "reachable"
	Addresses   ID = "addresses"
	Banner      ID = "banner"
	Extensions  ID = "extensions"
	TLS         ID = "tls"
	TLSCurves   ID = "tls-curves"
	Certificate ID = "certificate"
	Login       ID = "login"
	Envelope    ID = "envelope"
	MessageSent ID = "message-sent"
	Size        ID = "size"
	Sessions    ID = "sessions"
	Relaying    ID = "relaying"
	Path        ID = "path"
)

// What is looked at on this machine.
const (
	OwnDescriptors ID = "own-descriptors"
	OwnPorts       ID = "own-ports"
	OwnSources     ID = "own-sources"
	OwnCores       ID = "own-cores"
	OwnClock       ID = "own-clock"
)
