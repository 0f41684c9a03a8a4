/// The look of the report: one column that reads well on a screen, bright or dark, and on paper, with
/// the page's script and without it.
enum StyleSheet {
    static let css: Markup = """
        :root { color-scheme: light; --paper: #fff; --ink: #222; --soft: #555; --line: #ccc; --faint: #eee;
          --box: #f7f7f7; --rim: #e2e2e2; --link: #00578a; --problem: #fdf3ec; --verdict: #f3f8fb; }
        @media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { \(dark) } }
        :root[data-theme="dark"] { \(dark) }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 920px; background: var(--paper);
          color: var(--ink); font: 16px/1.55 -apple-system, "Segoe UI", Helvetica, Arial, "DejaVu Sans",
          sans-serif; overflow-wrap: break-word; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.35rem; margin: 3rem 0 .8rem; padding-bottom: .25rem;
          border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
        p, ul { margin: .6rem 0; }
        li { margin: .25rem 0; }
        .lead { font-size: 1.1rem; color: var(--soft); }
        .facts, .note, figcaption, .caption, small { color: var(--soft); font-size: .9rem; }
        nav { margin: 1.2rem 0 0; font-size: .9rem; }
        nav a { margin-right: .9rem; white-space: nowrap; }
        a { color: var(--link); }
        figure { margin: 1.2rem 0 1.8rem; }
        figure svg { display: block; width: 100%; height: auto; }
        figcaption { margin-top: .4rem; }
        .table { overflow-x: auto; margin: 1rem 0 1.4rem; }
        table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums;
          border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); min-width: 60%; }
        .caption { margin: 1.4rem 0 0; }
        .caption + .table { margin-top: .5rem; }
        small { display: block; font-weight: 400; }
        th, td { padding: .32rem .8rem .32rem 0; text-align: left; vertical-align: top; }
        thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; font-weight: 600; }
        tbody th { font-weight: 500; min-width: 7rem; }
        tbody tr + tr > * { border-top: 1px solid var(--faint); }
        .number { text-align: right; padding-left: .4rem; }
        td.number { white-space: nowrap; }
        pre, .sample { font: 12.5px/1.45 "DejaVu Sans Mono", Menlo, Consolas, monospace;
          white-space: pre-wrap; overflow-wrap: anywhere; background: var(--box);
          border: 1px solid var(--rim); border-radius: 3px; padding: .7rem .8rem; margin: .4rem 0; }
        code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; }
        .samples { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
        .pictures { width: 100%; image-rendering: pixelated; }
        .samples h4 { margin: 0; font-size: .88rem; color: var(--soft); }
        .problem { border-left: 4px solid #d55e00; background: var(--problem); padding: .6rem .9rem; }
        .verdict { border-left: 4px solid #0072b2; background: var(--verdict); padding: .6rem 1rem; }
        figure > svg { background: #fff; }
        figure > svg.replaced { display: none; }
        .interactive { position: relative; }
        .interactive text { fill: var(--ink); font-size: 12px; }
        .interactive text.strong { font-weight: 600; }
        .interactive .grid { stroke: var(--faint); }
        .interactive .axis { stroke: var(--soft); fill: none; }
        .interactive .level { stroke: var(--soft); stroke-dasharray: 6 4; }
        .interactive .theory { stroke-width: 1.6; stroke-dasharray: 6 4; filter: brightness(.7); }
        .interactive .ring { fill: none; stroke: var(--ink); stroke-width: 1.5; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: .4rem; }
        .tip { position: absolute; pointer-events: none; background: var(--ink); color: var(--paper);
          font-size: .82rem; padding: .15rem .5rem; border-radius: 3px; max-width: 24rem; z-index: 1; }
        .legend, .toolbar { display: flex; flex-wrap: wrap; gap: .2rem .7rem; font-size: .82rem;
          margin-top: .2rem; color: var(--soft); }
        .toolbar label { display: inline-flex; gap: .3rem; align-items: center; }
        .legend button { display: inline-flex; gap: .4rem; align-items: center; border: 0; padding: .1rem;
          background: none; color: var(--ink); font: inherit; cursor: pointer; }
        .legend svg { display: inline; width: 26px; }
        .legend button[aria-pressed="false"] { opacity: .35; text-decoration: line-through; }
        .theme { border: 1px solid var(--line); border-radius: 3px; background: none; color: var(--soft);
          font: inherit; font-size: .82rem; cursor: pointer; padding: .1rem .5rem; }
        .slider { font-size: .88rem; margin: .2rem 0 .5rem; }
        .slider input { width: min(100%, 26rem); vertical-align: middle; }
        @media print {
          .theme, .toolbar, .slider { display: none; }
          body { max-width: none; padding: 0; font-size: 10.5pt; }
          nav, .downloads { display: none; }
          figure, .samples > div, .verdict, tr { break-inside: avoid; }
          figure svg { max-height: 20cm; }
          .table { overflow: visible; }
          h2, h3, .caption { break-after: avoid; }
          a { color: inherit; text-decoration: none; }
        }
        """

    /// The colours of a dark page. Pictures stay on white, where they were drawn.
    private static let dark: Markup = """
        color-scheme: dark; --paper: #16181b; --ink: #e4e4e4; --soft: #a9adb2; --line: #444a50;
        --faint: #2b2f33; --box: #1e2124; --rim: #33383d; --link: #6db7e6; --problem: #33241a;
        --verdict: #1a2730;
        """
}
