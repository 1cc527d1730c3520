package dev.sallyport.demo;

/** Plain, accessible pages. Whatever comes from outside goes through {@link #text}. */
final class Html {

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
            a { color: #004f9e } button { font: inherit; padding: .4rem .8rem; margin: .2rem .4rem .2rem 0 }
            form { display: inline } pre { background: #f3f3f3; padding: 1rem; overflow-x: auto }
            .refused { border-left: .4rem solid #a30000; background: #fdf0f0; padding: .5rem 1rem }
            .done { border-left: .4rem solid #1e6b1e; background: #f0f8f0; padding: .5rem 1rem }
            </style>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            %2$s
            </main>
            </body>
            </html>
            """;

    private Html() {}

    /** @param body markup */
    static String page(String title, String body) {
        return PAGE.formatted(text(title), body);
    }

    /** Text as it may stand in an element or in a quoted attribute. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A button that does something. */
    static String button(String action, String label) {
        return "<form method=\"post\" action=\"" + text(action) + "\"><button>" + text(label) + "</button></form>";
    }

    static String link(String address, String label) {
        return "<a href=\"" + text(address) + "\">" + text(label) + "</a>";
    }
}
