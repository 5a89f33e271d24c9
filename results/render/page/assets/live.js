"use strict";
// The live page: it shows what the events say, the words of which are the server's.
(() => {
  const { units } = report, at = id => document.getElementById(id);
  const element = (name, text, className) => {
    const e = document.createElement(name);
    e.textContent = text;
    if (className) e.className = className;
    return e;
  };
  // Cells say what they are, for a window too narrow for the head of the table.
  const cells = list => list.map(([what, text]) => {
    const cell = element("td", text);
    cell.dataset.name = what;
    return cell;
  });
  let points = [], most = 0, names = [], charts = null, offers = [], classes = [], errorChart = null, ended = false;

  function showState(s) {
    at("name").textContent = document.title = s.name;
    at("targets").replaceChildren(...s.targets.map(t => element("li", t)));
    if (!ended) at("verdict-title").textContent = s.clock;
    at("place").textContent = s.place;
    at("done").value = s.done;
    at("tiles").replaceChildren(...s.tiles.map(t => {
      const tile = document.createElement("div"), value = document.createElement("dd");
      if (t.bad) tile.className = "bad";
      value.append(element("div", t.value, "value"), element("div", t.note, "note"));
      tile.append(element("dt", t.label), value);
      return tile;
    }));
    at("flows").hidden = false;
    at("flows").querySelector("tbody").replaceChildren(...s.flows.map((f, i) => {
      const row = document.createElement("tr"), name = element("th", "", "left"), swatch = document.createElement("span");
      row.className = f.state;
      name.scope = "row";
      swatch.className = "swatch part-" + i % report.colours;
      name.append(swatch, f.name + (f.note ? ", " + f.note : ""));
      row.append(name, ...cells([["accepted/s", f.accepted], ["offered/s", f.offered], ["p50", f.p50], ["p99", f.p99], ["open", f.open]]), element("td", f.errors, f.bad ? "left bad" : "left"));
      return row;
    }));
    at("agents").hidden = s.agents.length === 0;
    at("agents").querySelector("tbody").replaceChildren(...s.agents.map(a => {
      const row = document.createElement("tr"), name = element("th", a.name, "left");
      name.scope = "row";
      row.append(name, ...cells([["accepted/s", a.accepted], ["accepted", a.so_far], ["p99", a.p99]]), element("td", a.state, "left bad"));
      return row;
    }));
    at("agents-brief").textContent = s.brief;
    at("agents-rest").textContent = s.rest;
    at("errors").hidden = s.errors.length === 0;
    at("errors").querySelector("tbody").replaceChildren(...s.errors.map(e => {
      const row = document.createElement("tr"), name = element("th", e.class, "left");
      name.scope = "row";
      row.append(name, element("td", e.count));
      return row;
    }));
  }

  const figure = name => document.querySelector(`[data-chart="${name}"]`);
  const colour = i => "c" + i % report.colours;
  function makeCharts(flows) {
    for (const c of Object.values(charts || {})) c.remove();
    names = flows.map(f => f.name);
    offers = flows.map((f, i) => i).filter(i => flows[i].open_load);
    charts = {
      rate: report.liveChart(figure("rate"),
        names.map((n, i) => ({ label: n, colour: colour(i) })).concat(offers.map(i => ({ label: names[i] + " offered", colour: colour(i), width: 1, dash: [6, 4] }))),
        { format: v => units.count(v) + "/s", axis: units.axisCount, label: "Messages accepted a second over time, a line a flow; the table has the last values" }),
      latency: report.liveChart(figure("latency"),
        names.flatMap((n, i) => [{ label: n + " p99", colour: colour(i) }, { label: n + " p50", colour: colour(i), width: 1 }]),
        { format: units.time, axis: units.axisTime, log: true, label: "Message latency over time, p99 and p50 of each flow; the table has those so far" }),
    };
  }
  function draw() {
    const xs = points.map(p => p.at), column = (key, i) => points.map(p => p[key][i]);
    const marks = points.filter((p, i) => p.place && (i === 0 || points[i - 1].place !== p.place)).map(p => ({ at: p.at, text: p.place }));
    charts.rate.update(xs, names.map((_, i) => column("accepted", i)).concat(offers.map(i => column("offered", i))), marks);
    charts.latency.update(xs, names.flatMap((_, i) => [column("p99", i), column("p50", i)]), marks);
    const seen = [...new Set(points.flatMap(p => Object.keys(p.errors)))].sort();
    figure("errors").hidden = false;
    figure("errors").querySelector(".nothing").hidden = seen.length > 0;
    if (seen.join() !== classes.join()) {
      classes = seen;
      if (errorChart) errorChart.remove();
      errorChart = seen.length === 0 ? null : report.liveChart(figure("errors"), seen.map((c, i) => ({ label: c, colour: "c" + [6, 1, 4, 3, 5, 0, 2, 7][i % 8], points: true })),
        { format: units.count, axis: units.axisCount, label: "Errors a second over time, by class; the table has their sums" });
    }
    if (errorChart) errorChart.update(xs, classes.map(c => points.map(p => p.errors[c] || 0)), marks);
  }
  function trouble(text) {
    at("trouble").hidden = !text;
    at("trouble").textContent = text;
  }

  // In a window as narrow as a telephone's the agents are rows of several lines each.
  at("agents").querySelector("details").open = !matchMedia("(max-width: 34rem)").matches;

  const events = new EventSource(at("figures").dataset.events);
  events.addEventListener("course", e => {
    const course = JSON.parse(e.data);
    trouble("");
    points = course.points;
    most = course.most;
    showState(course.state);
    if (course.state.flows.map(f => f.name).join() !== names.join()) makeCharts(course.state.flows);
    draw();
  });
  events.addEventListener("second", e => {
    const second = JSON.parse(e.data);
    showState(second.state);
    if (second.point) points.push(second.point);
    while (points.length > most) points.shift();
    draw();
  });
  events.addEventListener("end", e => {
    const end = JSON.parse(e.data), section = at("verdict"), sign = element("span", end.sign, "sign");
    ended = true;
    events.close();
    sign.setAttribute("aria-hidden", "true");
    section.classList.add(end.look);
    at("verdict-title").replaceChildren(sign, " " + end.text);
    at("place").textContent = end.note;
    at("done").hidden = true;
    document.title = end.word + ": " + document.title;
    at("finish").hidden = !end.page;
    at("finish").addEventListener("click", () => {
      document.open();
      document.write(end.page);
      document.close();
    });
    document.documentElement.dataset.ended = "true";
  });
  events.onerror = () => {
    if (!ended) trouble(events.readyState === EventSource.CLOSED
      ? "The run does not answer: too many watch it, or it is over. Load this page again."
      : "The connection is lost; trying again. If the command has ended, smtpgauge show prints its run file.");
  };
  document.documentElement.dataset.ready = "true";
})();
