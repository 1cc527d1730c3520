package dev.sallyport.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keycloak's own admin console, in the hands of somebody who administers for a while. */
@SallyportTest
class AdminConsoleIT {

    private static final LocatorAssertions.ContainsTextOptions IN_TIME =
            new LocatorAssertions.ContainsTextOptions().setTimeout(60_000);
    private static final String FORBIDDEN = "You do not have permission to access this resource";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/helpdesk")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/helpdesk")));
        guarded.realm().api().post("/privileges", """
                {"name":"user-admin","displayName":"User administrator","mode":"assignment",
                 "grants":{"clientRoles":{"realm-management":["manage-users","view-users","view-realm"]}},
                 "eligible":{"groups":["/helpdesk"]},
                 "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
    }

    @Test
    void whoIsElevatedAdministersUsersInTheConsoleForAsLongAsThatLasts(Chromium chromium) {
        var page = chromium.page();
        console(page);
        page.locator("input[name=username]").fill("bob");
        page.locator("input[name=password]").fill(GuardedRealm.PASSWORD);
        page.locator("#kc-login").click();
        assertThat(page.locator("body")).containsText(FORBIDDEN, IN_TIME);

        page.navigate(guarded.realm().authorizationUrl("wiki") + "&kc_action=sallyport-elevate:user-admin");
        page.locator("#sallyport-ask").click();
        page.waitForURL(url -> url.startsWith(OidcClient.CALLBACK));
        assertThat(page.url()).contains("kc_action_status=success");

        console(page);
        page.locator("#nav-item-users").click();
        assertThat(page.locator("table")).containsText("ann", IN_TIME);
        page.locator("[data-testid=add-user]").click();
        page.locator("#username").fill("newcomer");
        page.locator("[data-testid=user-creation-save]").click();
        assertThat(page.locator("body")).containsText("The user has been created", IN_TIME);
        assertThat(guarded.realm().admin().users().searchByUsername("newcomer", true))
                .hasSize(1);

        guarded.realm()
                .api()
                .post("/elevations/" + elevation() + "/revoke", "{\"reason\":\"done\"}")
                .expect(200);

        console(page);
        assertThat(page.locator("body")).containsText(FORBIDDEN, IN_TIME);
        assertThat(page.locator("#nav-item-users")).hasCount(0);
    }

    private static void console(Page page) {
        page.navigate(
                guarded.realm().server().url() + "/admin/" + guarded.realm().name() + "/console/");
    }

    private static String elevation() {
        return guarded.realm()
                .api()
                .get("/elevations?user=bob&status=active")
                .expect(200)
                .json()
                .path(0)
                .path("id")
                .asText();
    }
}
