import Foundation
import Support

/// The script of the page. It draws the figures again from numbers, so that values stand under the
/// pointer and arms can be hidden, and sets a slider above the samples. It asks no network for
/// anything, and puts what it shows into the page as text alone. Without it the page holds
/// everything, as pictures.
enum PageScript {
    /// What the browser may do with the page: run this script and no other, and fetch nothing.
    static var policy: String {
        let digest = SHA256.digest(of: source.utf8)
        return
            "default-src 'none'; script-src 'sha256-\(Data(digest.bytes).base64EncodedString())'; "
            + "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    }

    static let source = #"""
        (() => {
        "use strict";
        const holder = document.getElementById("page-data");
        if (!holder) return;
        const data = JSON.parse(holder.textContent);
        const hidden = new Set();
        const views = [];

        // Elements

        function add(parent, name, attributes, text) {
          const isDrawing = parent.namespaceURI === "http://www.w3.org/2000/svg" || name === "svg";
          const element = isDrawing
            ? document.createElementNS("http://www.w3.org/2000/svg", name)
            : document.createElement(name);
          for (const key of Object.keys(attributes || {})) element.setAttribute(key, attributes[key]);
          if (text !== undefined) element.textContent = text;
          parent.appendChild(element);
          return element;
        }

        function isDark() {
          const theme = document.documentElement.dataset.theme;
          return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        }

        // On a dark page dark colours become light ones.
        function shown(colour) {
          if (!isDark()) return colour;
          const parts = [1, 3, 5].map(i => parseInt(colour.substr(i, 2), 16));
          const light = 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2];
          const share = Math.max(0, (150 - light) / 255);
          return "rgb(" + parts.map(p => Math.round(p + share * (255 - p))).join(",") + ")";
        }

        // Numbers

        function words(value) {
          if (value === null) return "undefined";
          if (value === "inf") return "infinite";
          if (value === "-inf") return "\u2212infinite";
          const size = Math.abs(value);
          const text = size !== 0 && (size < 1e-4 || size >= 1e7)
            ? value.toExponential(3) : String(Number(value.toPrecision(5)));
          return text.replace(/-/g, "\u2212");
        }

        const isNumber = value => typeof value === "number";

        function axis(low, high, isLogarithmic, from, to) {
          const map = isLogarithmic ? Math.log10 : x => x;
          const [a, b] = [map(low), map(high)];
          return x => from + (to - from) * (map(x) - a) / (b - a);
        }

        function ticks(low, high, isLogarithmic, count) {
          if (!(high > low) || !Number.isFinite(high) || (isLogarithmic && !(low > 0))) return [];
          if (isLogarithmic) {
            const found = [];
            for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
              for (const digit of [1, 2, 5]) {
                const value = Number((digit + "e" + e));
                if (value >= low && value <= high) found.push(value);
              }
            }
            const decades = found.filter(v => Number.isInteger(Number(Math.log10(v).toFixed(9))));
            return decades.length > 3 ? decades : found;
          }
          const rough = (high - low) / count;
          const unit = Math.pow(10, Math.floor(Math.log10(rough)));
          const step = [1, 2, 2.5, 5, 10].find(d => d * unit >= rough * 0.999) * unit;
          const found = [];
          // Of numbers that differ in their last digits alone a step adds nothing.
          const first = Math.ceil(low / step);
          for (let i = 0; i <= 2 * count && (first + i) * step <= high + step * 1e-9; i++) {
            found.push(Number(((first + i) * step).toPrecision(12)));
          }
          return found;
        }

        // One pair of axes

        function visible(chart) {
          return chart.curves.filter(c =>
            !hidden.has(c.name) && !(c.isControl && hidden.has("\u0000controls")));
        }

        function extent(chart, view) {
          const together = view.charts.filter(c => c.scale === chart.scale);
          const values = together.flatMap(c => c.including.filter(isNumber));
          values.push(...together.filter(c => c.level).map(c => c.level.position));
          for (const curve of together.flatMap(visible)) {
            for (const [, mean, half] of curve.points) {
              if (!isNumber(mean)) continue;
              values.push(mean);
              if (isNumber(half)) values.push(mean - half, mean + half);
            }
            for (const line of curve.predictions) {
              for (const [, y] of line) if (isNumber(y)) values.push(y);
            }
            if (view.showsSeeds) values.push(...curve.seeds.flat().filter(isNumber));
          }
          const usable = values.filter(v => Number.isFinite(v) && (!view.isLogarithmic || v > 1e-300));
          if (!usable.length) return view.isLogarithmic ? [0.1, 1] : [0, 1];
          let low = usable.reduce((a, b) => Math.min(a, b));
          let high = usable.reduce((a, b) => Math.max(a, b));
          if (view.isLogarithmic) {
            // The ratio itself may be larger than any number.
            const air = Math.pow(10, 0.05 * (Math.log10(high) - Math.log10(low)));
            return low === high ? [low / 2, high * 2]
              : [Math.max(low / air, 1e-307), Math.min(high * air, 1e307)];
          }
          [low, high] = [Math.max(low, -8e307), Math.min(high, 8e307)];
          const air = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
          return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
        }

        function runs(places) {
          const found = [[]];
          for (const place of places) {
            if (isNumber(place[1])) found[found.length - 1].push(place); else found.push([]);
          }
          return found.filter(run => run.length);
        }

        const path = places =>
          places.map(([x, y], i) => (i ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1)).join("");

        function mark(parent, shape, x, y, size, colour) {
          const isOpen = shape.startsWith("open");
          const paint = {
            fill: isOpen ? "none" : colour, stroke: colour, "stroke-width": isOpen ? 1.5 : 0.5 };
          if (shape.endsWith("circle")) {
            add(parent, "circle", { cx: x, cy: y, r: size, ...paint });
          } else {
            const turn = shape.endsWith("diamond") ? ` rotate(45)` : "";
            add(parent, "rect", {
              x: -size * 0.9, y: -size * 0.9, width: size * 1.8, height: size * 1.8,
              transform: `translate(${x} ${y})${turn}`, ...paint });
          }
        }

        function draw(parent, chart, view, width, height, title) {
          const svg = add(parent, "svg", {
            viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
          const frame = { left: 76, right: width - 16, top: chart.title ? 30 : 12, bottom: height - 46 };
          const isFixed = chart.yRange && !view.isLogarithmic;
          const [low, high] = isFixed ? chart.yRange : extent(chart, view);
          const x = axis(chart.xRange[0], chart.xRange[1], chart.isXLogarithmic, frame.left, frame.right);
          const y = axis(low, high, view.isLogarithmic, frame.bottom, frame.top);
          const inside = v => Math.max(frame.top, Math.min(frame.bottom, v));
          // A range that is not the data's own cuts them off.
          const clip = `clip-${views.length}-${parent.parentNode.children.length}`;
          add(add(svg, "clipPath", { id: clip }), "rect", {
            x: frame.left - 4, y: frame.top - 4, width: frame.right - frame.left + 8,
            height: frame.bottom - frame.top + 8 });
          const inner = add(svg, "g", isFixed ? { "clip-path": `url(#${clip})` } : {});
          if (chart.title) add(svg, "text", { x: frame.left, y: 16, class: "strong" }, chart.title);
          for (const value of ticks(low, high, view.isLogarithmic, 6)) {
            add(svg, "line", {
              x1: frame.left, x2: frame.right, y1: y(value), y2: y(value), class: "grid" });
            add(svg, "text", { x: frame.left - 8, y: y(value) + 4, "text-anchor": "end" }, words(value));
          }
          for (const tick of chart.xTicks) {
            const place = x(tick.position);
            add(svg, "line", {
              x1: place, x2: place, y1: frame.bottom, y2: frame.bottom + 4, class: "axis" });
            add(svg, "text", { x: place, y: frame.bottom + 18, "text-anchor": "middle" }, tick.label);
          }
          add(svg, "path", {
            d: `M${frame.left} ${frame.top}V${frame.bottom}H${frame.right}`, class: "axis" });
          add(svg, "text", {
            x: (frame.left + frame.right) / 2, y: height - 8, "text-anchor": "middle" }, chart.xTitle);
          if (!chart.title && chart.yTitle) {
            add(svg, "text", {
              transform: `translate(14 ${(frame.top + frame.bottom) / 2}) rotate(-90)`,
              "text-anchor": "middle" }, chart.yTitle);
          }
          if (chart.level && chart.level.position >= low && chart.level.position <= high) {
            const place = y(chart.level.position);
            add(svg, "line", {
              x1: frame.left, x2: frame.right, y1: place, y2: place, class: "level" });
            add(svg, "text", { x: frame.right, y: place - 4, "text-anchor": "end" }, chart.level.label);
          }
          for (const interval of chart.intervals) {
            const place = y(chart.level.position) + interval.shift;
            const colour = shown(interval.colour);
            if (isNumber(interval.low)) {
              add(svg, "line", {
                x1: x(interval.low), x2: x(interval.high), y1: place, y2: place, stroke: colour,
                "stroke-width": 3 });
            }
            if (isNumber(interval.value)) mark(svg, "diamond", x(interval.value), place, 4.5, colour);
          }
          const spots = [];
          for (const curve of visible(chart)) {
            const colour = shown(curve.colour);
            const usable = curve.points.map(([px, mean, half]) =>
              [px, view.isLogarithmic && !(mean > 0) ? null : mean, half]);
            if (curve.isLevel) {
              const [, mean, half] = usable[0] || [];
              if (isNumber(mean)) {
                add(inner, "line", {
                  x1: frame.left, x2: frame.right, y1: y(mean), y2: y(mean), stroke: colour });
                spots.push({ curve, x: frame.left + 6, y: y(mean), at: null, mean, half });
              }
              continue;
            }
            for (const run of runs(usable)) {
              const band = run.filter(p => isNumber(p[2]));
              const limit = (p, sign) => {
                const value = p[1] + sign * p[2];
                return [x(p[0]), inside(view.isLogarithmic && value <= low ? frame.bottom : y(value))];
              };
              if (band.length > 1) {
                add(inner, "path", {
                  d: path(band.map(p => limit(p, 1)).concat(band.map(p => limit(p, -1)).reverse())) + "Z",
                  fill: colour, "fill-opacity": 0.16 });
              } else if (band.length) {
                add(inner, "path", {
                  d: path([limit(band[0], 1), limit(band[0], -1)]), stroke: colour, fill: "none" });
              }
              add(inner, "path", {
                d: path(run.map(p => [x(p[0]), y(p[1])])), stroke: colour, "stroke-width": 2,
                fill: "none" });
            }
            if (view.showsSeeds) {
              for (const seed of curve.seeds) {
                const places = seed.map((v, i) => [curve.points[i][0], v]);
                for (const run of runs(places.map(([px, v]) =>
                  [px, view.isLogarithmic && !(v > 0) ? null : v]))) {
                  add(inner, "path", {
                    d: path(run.map(p => [x(p[0]), y(p[1])])), stroke: colour, "stroke-opacity": 0.4,
                    fill: "none" });
                }
              }
            }
            for (const line of curve.predictions) {
              const isShown = v => isNumber(v) && v >= low && v <= high;
              for (const run of runs(line.map(([px, v]) => [px, isShown(v) ? v : null]))) {
                add(inner, "path", {
                  d: path(run.map(p => [x(p[0]), y(p[1])])), stroke: colour, fill: "none",
                  class: "theory" });
              }
            }
            for (const [px, mean, half] of curve.points) {
              if (mean === null) continue;
              if (!isNumber(mean)) {
                const [place, edge] = [x(px), mean === "inf" ? frame.top : frame.bottom];
                mark(inner, "diamond", place, edge, 3, colour);
                spots.push({ curve, x: place, y: edge, at: px, mean, half });
              } else if (!view.isLogarithmic || mean > 0) {
                if (curve.points.length <= 26) {
                  mark(inner, curve.shape, x(px), y(mean), 3.2, colour);
                }
                if (!isFixed || (mean >= low && mean <= high)) {
                  spots.push({ curve, x: x(px), y: y(mean), at: px, mean, half });
                }
              }
            }
          }
          const ring = add(svg, "circle", { r: 6, class: "ring", visibility: "hidden" });
          function nearest(event) {
            const box = svg.getBoundingClientRect();
            const px = (event.clientX - box.left) * width / box.width;
            const py = (event.clientY - box.top) * height / box.height;
            let best = null, least = 60 * 60;
            for (const spot of spots) {
              const distance = (spot.x - px) ** 2 + (spot.y - py) ** 2;
              if (distance < least) [best, least] = [spot, distance];
            }
            ring.setAttribute("visibility", best ? "visible" : "hidden");
            view.tip.hidden = !best;
            if (!best) return;
            ring.setAttribute("cx", best.x);
            ring.setAttribute("cy", best.y);
            const named = chart.xTicks.find(tick => tick.position === best.at);
            const place = best.at === null ? ""
              : `, ${chart.xTitle} ${named ? named.label : words(best.at)}`;
            const half = isNumber(best.half) ? ` \u00b1 ${words(Number(best.half.toPrecision(2)))}` : "";
            view.tip.textContent = `${best.curve.name}${place}: ${words(best.mean)}${half}`;
            const outer = view.container.getBoundingClientRect();
            const left = event.clientX - outer.left;
            view.tip.style.top = `${event.clientY - outer.top + 14}px`;
            view.tip.style.left = `${Math.min(left + 12, outer.width - view.tip.offsetWidth)}px`;
          }
          svg.addEventListener("pointermove", nearest);
          svg.addEventListener("pointerleave", () => {
            ring.setAttribute("visibility", "hidden");
            view.tip.hidden = true;
          });
        }

        // Figures

        function render(view) {
          view.plots.replaceChildren();
          view.plots.className = view.charts[0].isWide ? "" : "charts";
          const height = view.charts.length > 1 ? 300 : 390;
          for (const chart of view.charts) {
            const cell = add(view.plots, "div", {});
            draw(cell, chart, view, chart.isWide ? 760 : 380, chart.isWide ? height : 270, view.title);
          }
          const isCut = view.isLogarithmic && view.charts.flatMap(visible).some(c =>
            c.points.some(p => isNumber(p[1]) && p[1] <= 0));
          view.remark.textContent = isCut ? "Values at or below 0 have no place on this axis." : "";
          for (const button of view.legend.children) {
            button.setAttribute("aria-pressed", String(!hidden.has(button.dataset.name)));
          }
        }

        function toggle(parent, label, isOn, change) {
          const box = add(parent, "label", {});
          const input = add(box, "input", { type: "checkbox" });
          input.checked = isOn;
          add(box, "span", {}, label);
          input.addEventListener("change", () => change(input.checked));
        }

        function key(view, name, label, curve) {
          const button = add(view.legend, "button", { type: "button" });
          button.dataset.name = name;
          const swatch = add(button, "svg", { viewBox: "0 0 26 12", width: 26, height: 12 });
          add(swatch, "line", {
            x1: 0, x2: 26, y1: 6, y2: 6, stroke: shown(curve.colour), "stroke-width": 2 });
          if (!curve.isLevel && !curve.isControl) {
            mark(swatch, curve.shape, 13, 6, 3.2, shown(curve.colour));
          }
          add(button, "span", {}, label);
          button.addEventListener("click", () => {
            if (!hidden.delete(name)) hidden.add(name);
            views.forEach(render);
          });
        }

        function legend(view) {
          view.legend.replaceChildren();
          const seen = new Set();
          for (const curve of view.charts.flatMap(c => c.curves)) {
            const name = curve.isControl ? "\u0000controls" : curve.name;
            if (seen.has(name)) continue;
            seen.add(name);
            key(view, name, curve.isControl ? "controls" : curve.name, curve);
          }
        }

        for (const { id, charts } of data.figures) {
          const figure = document.getElementById("figure-" + id);
          const picture = figure && figure.querySelector("svg");
          if (!picture) continue;
          const container = document.createElement("div");
          container.className = "interactive";
          const view = {
            container, charts, isLogarithmic: charts[0].isLogarithmic, showsSeeds: false,
            title: picture.querySelector("title")?.textContent || "",
            plots: add(container, "div", {}), tip: add(container, "div", { class: "tip" }),
            legend: add(container, "div", { class: "legend" }) };
          view.tip.hidden = true;
          const bar = add(container, "div", { class: "toolbar" });
          const means = charts.flatMap(c => c.curves.flatMap(c => c.points.map(p => p[1])));
          if (means.some(v => v > 0)) {
            toggle(bar, "logarithmic", view.isLogarithmic, isOn => {
              view.isLogarithmic = isOn;
              render(view);
            });
          }
          if (charts.some(c => c.curves.some(c => c.seeds.length > 1))) {
            toggle(bar, "seeds", false, isOn => {
              view.showsSeeds = isOn;
              render(view);
            });
          }
          view.remark = add(bar, "span", {});
          legend(view);
          render(view);
          picture.classList.add("replaced");
          picture.after(container);
          views.push(view);
        }

        // Samples

        for (const { id, samples } of data.samples) {
          const place = document.getElementById(id);
          if (!place || samples.length < 2) continue;
          const first = samples[0];
          const slider = document.createElement("div");
          slider.className = "slider";
          const label = add(slider, "label", {}, "generation ");
          const input = add(label, "input", {
            type: "range", min: 1, max: samples.length - 1, step: 1, value: samples.length - 1 });
          const number = add(label, "output", {});
          const pair = document.createElement("div");
          pair.className = "samples";
          const show = sample => {
            const cell = add(pair, "div", {});
            add(cell, "h4", {}, `generation ${sample.generation}`);
            add(cell, "div", { class: "sample", dir: "auto" }, sample.text);
            add(cell, "small", {}, sample.note);
          };
          const update = () => {
            const sample = samples[Number(input.value)];
            number.textContent = ` ${sample.generation}`;
            pair.replaceChildren();
            show(first);
            show(sample);
          };
          input.addEventListener("input", update);
          update();
          place.replaceChildren(slider, pair);
          place.className = "";
        }

        // Dark and light

        const theme = document.createElement("button");
        theme.type = "button";
        theme.className = "theme";
        const name = () => { theme.textContent = isDark() ? "Light page" : "Dark page"; };
        const redraw = () => {
          name();
          for (const view of views) {
            legend(view);
            render(view);
          }
        };
        theme.addEventListener("click", () => {
          document.documentElement.dataset.theme = isDark() ? "light" : "dark";
          redraw();
        });
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
        name();
        document.querySelector("header").appendChild(theme);
        })();
        """#
}
