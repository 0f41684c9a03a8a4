/// The look of the report: one column that reads well on a screen and on paper, without any script.
enum StyleSheet {
    static let css: Markup = """
        :root { color-scheme: light; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 920px; background: #fff;
          color: #222; font: 16px/1.55 -apple-system, "Segoe UI", Helvetica, Arial, "DejaVu Sans",
          sans-serif; overflow-wrap: break-word; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.35rem; margin: 3rem 0 .8rem; padding-bottom: .25rem;
          border-bottom: 1px solid #ccc; }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
        p, ul { margin: .6rem 0; }
        li { margin: .25rem 0; }
        .lead { font-size: 1.1rem; color: #444; }
        .facts, .note, figcaption, .caption, small { color: #555; font-size: .9rem; }
        nav { margin: 1.2rem 0 0; font-size: .9rem; }
        nav a { margin-right: .9rem; white-space: nowrap; }
        a { color: #00578a; }
        figure { margin: 1.2rem 0 1.8rem; }
        figure svg { display: block; width: 100%; height: auto; }
        figcaption { margin-top: .4rem; }
        .table { overflow-x: auto; margin: 1rem 0 1.4rem; }
        table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums;
          border-top: 2px solid #222; border-bottom: 2px solid #222; min-width: 60%; }
        .caption { margin: 1.4rem 0 0; }
        .caption + .table { margin-top: .5rem; }
        small { display: block; font-weight: 400; }
        th, td { padding: .32rem .8rem .32rem 0; text-align: left; vertical-align: top; }
        thead th { border-bottom: 1px solid #222; vertical-align: bottom; font-weight: 600; }
        tbody th { font-weight: 500; min-width: 7rem; }
        tbody tr + tr > * { border-top: 1px solid #eee; }
        .number { text-align: right; padding-left: .4rem; }
        td.number { white-space: nowrap; }
        pre, .sample { font: 12.5px/1.45 "DejaVu Sans Mono", Menlo, Consolas, monospace;
          white-space: pre-wrap; overflow-wrap: anywhere; background: #f7f7f7;
          border: 1px solid #e2e2e2; border-radius: 3px; padding: .7rem .8rem; margin: .4rem 0; }
        code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; }
        .samples { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
        .pictures { width: 100%; image-rendering: pixelated; }
        .samples h4 { margin: 0; font-size: .88rem; color: #444; }
        .problem { border-left: 4px solid #d55e00; background: #fdf3ec; padding: .6rem .9rem; }
        .verdict { border-left: 4px solid #0072b2; background: #f3f8fb; padding: .6rem 1rem; }
        @media print {
          body { max-width: none; padding: 0; font-size: 10.5pt; }
          nav, .downloads { display: none; }
          figure, .samples > div, .verdict, tr { break-inside: avoid; }
          figure svg { max-height: 20cm; }
          .table { overflow: visible; }
          h2, h3, .caption { break-after: avoid; }
          a { color: inherit; text-decoration: none; }
        }
        """
}
