// Package workflow holds GitHub workflows to copy, which measure each pull
// request and compare it with its base branch:
//
//   - smtpgauge.yml runs a scenario in rounds, keeps the run file as an
//     artefact, and fails where smtpgauge compare finds a change beyond its
//     gates. It runs the pull request's code and has no right to write.
//   - smtpgauge-comment.yml puts the comparison into the conversation. It has
//     the right to write there, and runs none of the pull request's code.
//
// The tests go through both, step by step, with GitHub's command line played by
// a script and smtpgauge by itself.
package workflow
