package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import dev.sallyport.it.harness.Chromium;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A resource server asks for more than the token has (RFC 9470), and the demo's application follows: as users see it, from
 * the button to the role that appears in its tokens and vanishes.
 */
@SallyportTest
class ChallengeIT {

    private static final String PASSWORD = "a password that is long enough";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static SSLContext usual;
    private static SSLSocketFactory usualFactory;
    private static DemoApplication application;
    private static Realm realm;

    @BeforeAll
    static void start(KeycloakServer server) throws Exception {
        // NB. The demo trusts what its machine trusts.
        usual = SSLContext.getDefault();
        usualFactory = HttpsURLConnection.getDefaultSSLSocketFactory();
        var trusting = server.pki().sslContext(Optional.empty());
        SSLContext.setDefault(trusting);
        HttpsURLConnection.setDefaultSSLSocketFactory(trusting.getSocketFactory());
        int port = freePort();
        realm = server.realm(r -> r.clientRole("demo-app", "db-admin")
                .user("bob", u -> u.password(PASSWORD))
                .user("carol", u -> u.password(PASSWORD))
                .client("demo-app", c -> c.publicClient().redirect("http://localhost:" + port + "/callback")));
        realm.setup();
        realm.client("portal", c -> c.publicClient().optionalScope("sallyport"));
        realm.api().post("/privileges", """
                        {"name":"demo-db-admin","displayName":"Database administrator","mode":"token",
                         "grants":{"clientRoles":{"demo-app":["db-admin"]}},"eligible":{"users":["bob"]},
                         "activation":{"maxDuration":"PT20S","defaultDuration":"PT20S","justification":"^.{10,}$"},
                         "approval":{"count":1,"approvers":{"users":["carol"]}}}""").expect(201);
        application = DemoApplication.start(
                port, Map.of("", URI.create(realm.issuer())), Administration.asDeviceManagement(server.url()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() {
        application.close();
        SSLContext.setDefault(usual);
        HttpsURLConnection.setDefaultSSLSocketFactory(usualFactory);
    }

    @Test
    void roleAppearsInTheApplicationAfterTheApprovalAndVanishesAtTheEnd(Chromium chromium) {
        var page = signedIn(chromium);
        assertThat(page.locator("pre").innerText()).doesNotContain("db-admin");

        page.locator("form[action='/work'] button").click();
        assertThat(page.locator("h1").innerText()).contains("Database administrator");
        page.locator("#sallyport-justification").fill("Rebuild the index of last night");
        page.locator("#sallyport-ask").click();
        page.locator("#sallyport-waiting").waitFor();
        approve();

        page.locator(".done").waitFor();
        assertThat(page.locator(".done").innerText()).isEqualTo("The index was rebuilt for bob.");
        assertThat(page.locator("pre").innerText()).contains("db-admin", "demo-db-admin");
        await().atMost(PATIENCE).untilAsserted(() -> {
            page.locator("form[action='/refresh'] button").click();
            assertThat(page.locator(".done").innerText()).isEqualTo("New tokens were issued.");
            assertThat(page.locator("pre").innerText()).doesNotContain("db-admin");
        });
        page.locator("form[action='/work'] button").click();
        assertThat(page.locator("#sallyport-justification").count()).isEqualTo(1);
    }

    @Test
    void whoGoesOnWithoutIsTurnedAwayAndNotSentRoundAndRound(Chromium chromium) {
        var page = signedIn(chromium);

        page.locator("form[action='/work'] button").click();
        page.locator("#sallyport-without").click();

        page.locator(".refused").waitFor();
        assertThat(page.locator(".refused").innerText()).contains("The database says");
        assertThat(page.locator("pre").innerText()).doesNotContain("db-admin");
    }

    @Test
    void challengeIsAsTheStandardHasIt() throws Exception {
        var portal = realm.oidc("portal");
        var token = portal.tokens("bob", PASSWORD).accessToken();
        var database = HttpRequest.newBuilder(application.address().resolve(LedgerDatabase.PATH))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();

        var answer = HttpClient.newHttpClient().send(database, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                .startsWith("Bearer ")
                .contains("error=\"insufficient_user_authentication\"", "scope=\"openid elevate:demo-db-admin\"");
    }

    private static Page signedIn(Chromium chromium) {
        var page = chromium.page();
        page.navigate(application.address() + "/sign-in/");
        page.locator("input[name=username]").fill("bob");
        page.locator("input[name=password]").fill(PASSWORD);
        page.locator("#kc-login").click();
        page.locator("form[action='/work']").waitFor();
        return page;
    }

    private static void approve() {
        var portal = realm.oidc("portal");
        var tokens = portal.exchange(portal.login("carol", PASSWORD, Map.of("scope", "openid sallyport")));
        RestApi carol = realm.publicApi().as(tokens.accessToken());
        var pending = carol.get("/elevations?role=approver&status=pending")
                .expect(200)
                .json();
        carol.post("/elevations/" + pending.path(0).path("id").asText() + "/approve", "{}")
                .expect(200);
    }
}
