package dev.sallyport.it;

import static dev.sallyport.it.GuardedRealm.OTP_SECRET;
import static dev.sallyport.it.GuardedRealm.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import dev.sallyport.network.GeoDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A login that is unlike the user's earlier ones is met by what the policies ask of it. The application {@code careful} asks
 * for a second factor then, {@code ledger} blocks, {@code vault} blocks only what is alarming, and {@code wiki} does not care.
 */
@SallyportTest(
        postgres = true,
        extensions = AllegedBot.class,
        options = {
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=127.0.0.0/8",
            "--spi-sallyport-geoip--default--country=" + RiskIT.COUNTRIES
        })
class RiskIT {

    // NB. Relative to where the build runs the tests, and so the server.
    static final String COUNTRIES = "target/geoip/countries-of-logins.mmdb";

    /** One for each test, since what a test does to a user's history is not undone. */
    private static final String USERS =
            "abroad automated guessed robbed tricked moving reentering roaming refreshing unasked scripted hasty leaving";

    private static KeycloakServer server;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer own) throws IOException {
        server = own;
        var database = Files.createDirectories(Path.of(COUNTRIES).getParent()).resolve("countries-of-logins.mmdb");
        Files.write(
                database,
                GeoDatabase.countries(Map.of("203.0.113.0/24", "DE", "198.51.100.0/24", "DE", "192.0.2.0/24", "FR")));
        guarded = GuardedRealm.on(own, r -> {
            Stream.of("careful", "vault", "later", "bare").forEach(id -> r.client(id, c -> c.publicClient()));
            r.client("batch", c -> c.serviceAccount("batch-secret"));
            Stream.of(USERS.split(" "))
                    .forEach(name -> r.user(name, u -> u.password(PASSWORD).totp(OTP_SECRET)));
        });
        policy("careful", "enforced", "medium", "\"acr\":\"2\"");
        policy("ledger", "enforced", "medium", "\"block\":true");
        policy("vault", "enforced", "high", "\"block\":true");
        policy("batch", "enforced", "medium", "\"block\":true");
    }

    private static void policy(String client, String state, String risk, String controls) {
        guarded.realm().policy(document(client, state, risk, controls));
    }

    private static String document(String client, String state, String risk, String controls) {
        return """
                {"name":"%1$s","state":"%2$s","assignments":{"clients":{"include":["%1$s"]}},
                 "conditions":{"risk":"%3$s"},"controls":{%4$s}}""".formatted(client, state, risk, controls);
    }

    /** A browser that was never here, at an application. */
    private static OidcClient browser(String client) {
        return guarded.realm().oidc(client);
    }

    /** Logs in and out again: the browser remembers what it was given, and nobody is logged in. */
    private static TokenResponse visit(OidcClient browser, String username) {
        var tokens = browser.tokens(username, PASSWORD);
        browser.logout(tokens.refreshToken());
        return tokens;
    }

    private static void fail(OidcClient browser, String username, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(browser.login(username, "wrong").page().asksFor("password"))
                    .isTrue();
        }
    }

    @Test
    void failedLoginsMakeTheNextOneAskForTheSecondFactor() {
        var careful = browser("careful");
        visit(careful, "guessed");

        fail(careful, "guessed", 2);
        assertThat(visit(careful, "guessed").status()).isEqualTo(200);

        fail(browser("wiki"), "guessed", 3);
        var page = careful.login("guessed", PASSWORD).page();
        assertThat(page.asksFor("otp")).isTrue();
        var tokens = careful.exchange(careful.submitOtp(page, OTP_SECRET));
        assertThat(careful.refresh(tokens.refreshToken()).status()).isEqualTo(200);
        careful.logout(tokens.refreshToken());

        // NB. The second factor has vouched for the user.
        assertThat(visit(careful, "guessed").status()).isEqualTo(200);
    }

    @Test
    void refusedLoginDoesNotMakeItsBrowserFamiliar() {
        var own = browser("ledger");
        visit(own, "robbed");
        var thief = browser("ledger");

        for (int i = 0; i < 2; i++) {
            assertThat(thief.login("robbed", PASSWORD).page().status()).isEqualTo(403);
        }

        assertThat(visit(own, "robbed").status()).isEqualTo(200);
        assertThat(guarded.audited("access.denied")).anySatisfy(entry -> {
            assertThat(entry.at("/actor/name").asText()).isEqualTo("robbed");
            assertThat(entry.at("/details/risk/level").asText()).isEqualTo("medium");
            assertThat(entry.at("/details/risk/reasons").toString()).isEqualTo("[\"new-device\"]");
        });
    }

    @Test
    void passwordAloneDoesNotOpenTheDoorByWayOfAnotherApplication() {
        visit(browser("ledger"), "tricked");
        var thief = browser("wiki");
        visit(thief, "tricked");
        thief.login("tricked", PASSWORD).code();

        assertThat(thief.client("ledger").authorize().page().status()).isEqualTo(403);

        guarded.realm().admin().users().get(guarded.realm().userId("tricked")).logout();
        assertThat(thief.client("ledger").login("tricked", PASSWORD).page().status())
                .isEqualTo(403);
    }

    @Test
    void newDeviceIsAskedForTheSecondFactorOnce() {
        var known = guarded.healthyDevice("known");
        var other = guarded.healthyDevice("other");
        visit(browser("careful").certificate(known), "moving");

        var first = browser("careful").certificate(other);
        first.exchange(first.login("moving", PASSWORD, OTP_SECRET));

        assertThat(browser("careful")
                        .certificate(other)
                        .login("moving", PASSWORD)
                        .code())
                .isNotEmpty();
    }

    @Test
    void stepUpOnReentryMakesTheBrowserFamiliar() {
        visit(browser("careful"), "reentering");
        var other = browser("wiki");
        other.login("reentering", PASSWORD).code();

        var page = other.client("careful").authorize().page();
        assertThat(page.asksFor("otp")).isTrue();
        other.client("careful").submitOtp(page, OTP_SECRET).code();

        guarded.realm()
                .admin()
                .users()
                .get(guarded.realm().userId("reentering"))
                .logout();
        assertThat(other.client("careful").login("reentering", PASSWORD).code()).isNotEmpty();
    }

    @Test
    void evidenceAddsUp() {
        visit(browser("vault").header("X-Forwarded-For", "203.0.113.7"), "roaming");
        var stranger = browser("vault").header("X-Forwarded-For", "198.51.100.7");
        assertThat(visit(stranger, "roaming").status()).isEqualTo(200);

        fail(stranger, "roaming", 3);

        assertThat(stranger.login("roaming", PASSWORD).page().status()).isEqualTo(403);
        assertThat(guarded.audited("access.denied")).anySatisfy(entry -> {
            assertThat(entry.at("/actor/name").asText()).isEqualTo("roaming");
            assertThat(entry.at("/details/risk/reasons").toString())
                    .isEqualTo("[\"failed-logins\",\"new-device\",\"new-network\"]");
        });
    }

    @Test
    void countryWhereTheUserNeverWasIsNamed() {
        visit(browser("ledger").header("X-Forwarded-For", "203.0.113.7"), "abroad");

        var travelling = browser("ledger").header("X-Forwarded-For", "192.0.2.7");

        assertThat(travelling.login("abroad", PASSWORD).page().status()).isEqualTo(403);
        assertThat(guarded.audited("access.denied")).anySatisfy(entry -> {
            assertThat(entry.at("/actor/name").asText()).isEqualTo("abroad");
            assertThat(entry.at("/details/risk/reasons").toString()).contains("\"new-country\"");
        });
    }

    @Test
    void evaluatorThatSomebodyElseBroughtCanRaiseTheRisk() {
        visit(browser("vault"), "automated");

        var bot = browser("vault").header("User-Agent", AllegedBot.NAME);

        assertThat(bot.login("automated", PASSWORD).page().status()).isEqualTo(403);
        assertThat(guarded.audited("access.denied")).anySatisfy(entry -> {
            assertThat(entry.at("/actor/name").asText()).isEqualTo("automated");
            assertThat(entry.at("/details/risk/reasons").toString()).contains("\"alleged-bot\"");
        });
    }

    @Test
    void refreshGoesByTheRiskOfTheSession() {
        var own = browser("later");
        visit(own, "refreshing");
        policy("later", "report-only", "medium", "\"block\":true");
        var familiar = own.tokens("refreshing", PASSWORD);
        var stranger = browser("later");
        var strange = stranger.tokens("refreshing", PASSWORD);
        assertThat(stranger.refresh(strange.refreshToken()).status()).isEqualTo(200);

        guarded.realm()
                .api()
                .put("/access-policies/later", document("later", "enforced", "medium", "\"block\":true"))
                .expect(200);

        assertThat(stranger.refresh(strange.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(own.refresh(familiar.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void sessionWhoseRiskNobodyAskedForIsOfUnknownRisk() {
        var bare = browser("bare");
        var tokens = bare.tokens("unasked", PASSWORD);
        assertThat(bare.refresh(tokens.refreshToken()).status()).isEqualTo(200);

        policy("bare", "enforced", "high", "\"block\":true");

        assertThat(bare.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(bare.withoutCookies().tokens("unasked", PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void applicationThatLogsInAsItselfIsOfLowRisk() {
        var token = browser("batch").secret("batch-secret").clientCredentials();

        assertThat(token.status()).isEqualTo(200);
    }

    @Test
    void failedDirectGrantsCount() {
        for (int i = 0; i < 3; i++) browser("ledger").passwordGrant("scripted", "wrong");

        assertThat(browser("ledger").passwordGrant("scripted", PASSWORD).error())
                .isEqualTo("invalid_grant");
        assertThat(browser("ledger").login("scripted", PASSWORD).page().status())
                .isEqualTo(403);
    }

    @Test
    void loginsOfOneUserAtOnceDoNotDisturbEachOther() {
        var logins = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> browser("wiki").tokens("hasty", PASSWORD).status()))
                .limit(4)
                .toList();

        assertThat(logins.stream().map(CompletableFuture::join)).containsOnly(200);
        assertThat(server.log()).noneMatch(line -> line.contains("was not noted"));
    }

    @Test
    void historyGoesWithItsUser() throws SQLException {
        visit(browser("wiki"), "leaving");
        var id = guarded.realm().userId("leaving");
        assertThat(histories("USER_ID", id)).isEqualTo(1);

        guarded.realm().admin().users().delete(id).close();

        assertThat(histories("USER_ID", id)).isZero();
    }

    @Test
    void historyGoesWithItsRealmAndIsKeptOnlyWhereThereArePolicies() throws SQLException {
        var realm = server.realm(r -> r.user("ann", u -> u.password(PASSWORD)).client("ledger", c -> c.publicClient()));
        var id = realm.admin().toRepresentation().getId();
        realm.oidc("ledger").login("ann", "wrong");
        realm.oidc("ledger").tokens("ann", PASSWORD);
        assertThat(histories("REALM_ID", id)).isZero();
        realm.policy(document("ledger", "report-only", "high", "\"block\":true"));
        realm.oidc("ledger").tokens("ann", PASSWORD);
        assertThat(histories("REALM_ID", id)).isEqualTo(1);

        realm.admin().remove();

        assertThat(histories("REALM_ID", id)).isZero();
    }

    private static int histories(String column, String id) throws SQLException {
        try (var connection = server.jdbc();
                var query =
                        connection.prepareStatement("SELECT COUNT(*) FROM SP_LOGIN_HISTORY WHERE " + column + " = ?")) {
            query.setString(1, id);
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }
}
