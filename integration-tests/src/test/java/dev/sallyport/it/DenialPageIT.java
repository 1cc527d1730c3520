package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page that stops a login, as a person meets it. */
@SallyportTest
class DenialPageIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(
                server,
                r -> r.with(realm -> {
                    realm.setInternationalizationEnabled(true);
                    realm.setSupportedLocales(Set.of("en", "de"));
                    realm.setDefaultLocale("en");
                }));
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void healthyDeviceGetsInByItsBrowsersCertificate(Chromium chromium, KeycloakServer server) {
        var certificate = guarded.healthyDevice("browser");
        var page = chromium.page(options -> options.certificate(server, certificate));

        login(page);
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));

        assertThat(page.url()).contains("code=");
    }

    @Test
    void pageSaysWhatFailedAndTryAgainLetsTheHealedDeviceIn(Chromium chromium, KeycloakServer server) {
        var certificate = guarded.healthyDevice("mended");
        guarded.fallIll("mended");
        var page = chromium.page(options -> options.certificate(server, certificate));

        login(page);
        assertThat(page.locator("body").innerText())
                .contains("Laptop mended")
                .contains("Turn on FileVault in System Settings.");
        assertThat(page.content()).doesNotContain("sallyport.check").doesNotContain("sallyport.remedy");

        guarded.heal("mended");
        page.getByText("Try again").click();
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));
        assertThat(page.url()).contains("code=");
    }

    @Test
    void tryAgainWithoutAChangeShowsThePageAgain(Chromium chromium) {
        var page = chromium.page();
        login(page);

        page.getByText("Try again").click();

        assertThat(page.locator("body").innerText()).contains("was not recognised");
    }

    @Test
    void linkBackTellsTheApplicationThatAccessWasDenied(Chromium chromium) {
        var page = chromium.page();
        login(page);

        page.locator("a", new Page.LocatorOptions().setHasText("application"))
                .first()
                .click();
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));

        assertThat(page.url()).contains("error=access_denied");
    }

    @Test
    void pageWorksWithoutJavaScript(Chromium chromium, KeycloakServer server) {
        var certificate = guarded.healthyDevice("plain");
        guarded.fallIll("plain");
        var page = chromium.page(
                options -> options.certificate(server, certificate).withoutJavaScript());
        login(page);

        guarded.heal("plain");
        page.getByText("Try again").click();
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));

        assertThat(page.url()).contains("code=");
    }

    @Test
    void pageSpeaksGerman(Chromium chromium) {
        var page = chromium.page(options -> options.locale("de-DE"));

        login(page);

        assertThat(page.locator("body").innerText()).contains("Gerät").contains("Erneut versuchen");
    }

    @Test
    void pageHasNoAccessibilityFaults(Chromium chromium, KeycloakServer server) {
        var certificate = guarded.healthyDevice("accessible");
        guarded.fallIll("accessible");
        var page = chromium.page(options -> options.certificate(server, certificate));
        login(page);

        // NB. The field that shows who is signing in is Keycloak's own, and has no label there.
        var faults =
                new AxeBuilder(page).exclude("#kc-attempted-username").analyze().getViolations();

        assertThat(faults).isEmpty();
    }

    @Test
    void whatADeviceIsCalledCannotActOnThePage(Chromium chromium, KeycloakServer server) {
        var certificate = guarded.healthyDevice("hostile");
        guarded.realm()
                .api()
                .put(
                        "/devices/hostile",
                        "{\"displayName\":\"<script>document.title='taken'</script><b id=evil>x</b>\"}")
                .expect(200);
        guarded.posture(
                "hostile",
                "\"compliant\":false,\"failing\":[{\"check\":\"x\",\"remediation\":\"<img src=x onerror=document.title='taken'>{0} ${7*7}\"}]");
        var page = chromium.page(options -> options.certificate(server, certificate));

        login(page);

        assertThat(page.title()).doesNotContain("taken");
        assertThat(page.locator("#evil").count()).isZero();
        assertThat(page.locator("body").innerText()).contains("<img src=x onerror");
    }

    private static void login(Page page) {
        page.navigate(guarded.realm().authorizationUrl("ledger"));
        page.locator("input[name=username]").fill("ann");
        page.locator("input[name=password]").fill(GuardedRealm.PASSWORD);
        page.locator("#kc-login").click();
    }
}
