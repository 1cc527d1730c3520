package dev.sallyport.it.harness;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A real browser, started once for all tests. Every page has a context of its own, which is closed after the test. The
 * application's callback answers with a page without content, so a test waits for its address.
 */
public final class Chromium implements AutoCloseable {

    private static final String EXECUTABLE = System.getProperty("sallyport.it.chromium", "/usr/bin/chromium");

    private final Playwright playwright;
    private final Browser browser;
    private final Application application;
    private final List<BrowserContext> contexts = new ArrayList<>();

    private Chromium(Playwright playwright, Browser browser, Application application) {
        this.playwright = playwright;
        this.browser = browser;
        this.application = application;
    }

    static Chromium start() {
        return Progress.step("starting Chromium", () -> {
            var playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            var browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(Path.of(EXECUTABLE))
                            .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")));
            return new Chromium(playwright, browser, Application.start());
        });
    }

    public Page page() {
        return page(options -> {});
    }

    public Page page(Consumer<Options> details) {
        var options = new Options();
        details.accept(options);
        var context = browser.newContext(options.context.setIgnoreHTTPSErrors(true));
        contexts.add(context);
        return context.newPage();
    }

    void closePages() {
        contexts.forEach(BrowserContext::close);
        contexts.clear();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
        application.close();
    }

    /** How the browser is set up. */
    public static final class Options {

        private final Browser.NewContextOptions context = new Browser.NewContextOptions().setLocale("en-US");

        private Options() {}

        /** The certificate that the browser shows to this server. */
        public Options certificate(KeycloakServer server, ClientCertificate certificate) {
            context.setClientCertificates(List.of(new com.microsoft.playwright.options.ClientCertificate(
                            server.address().toString())
                    .setPfx(certificate.pkcs12())
                    .setPassphrase(ClientCertificate.PASSWORD)));
            return this;
        }

        public Options withoutJavaScript() {
            context.setJavaScriptEnabled(false);
            return this;
        }

        /** @param tag e.g. {@code de-DE} */
        public Options locale(String tag) {
            context.setLocale(tag);
            return this;
        }

        /** Anything that has no word of its own here. */
        public Options with(Consumer<Browser.NewContextOptions> change) {
            change.accept(context);
            return this;
        }
    }
}
