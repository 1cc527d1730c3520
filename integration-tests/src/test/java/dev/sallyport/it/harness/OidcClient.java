package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/**
 * An OIDC application together with its user's browser, reduced to what the protocol needs: authorization code with PKCE,
 * forms, cookies, redirects, a client certificate. The methods that change how it connects return another client with the
 * same cookies, so that a test can carry a session to another device, node or proxy.
 */
public final class OidcClient {

    /** Where applications of test realms get their users back. */
    public static final String CALLBACK = Application.CALLBACK;

    private final Realm realm;
    private final String clientId;
    private final Map<String, String> secret;
    private final Connection connection;
    private final Memory memory;
    private final HttpClient http;

    /** How requests reach the server. */
    private record Connection(URI via, Optional<ClientCertificate> certificate, Map<String, String> headers) {}

    /** What outlives a change of connection; the verifier is that of the latest request for authorization. */
    private record Memory(CookieManager cookies, AtomicReference<String> verifier) {

        static Memory blank() {
            return new Memory(new CookieManager(null, CookiePolicy.ACCEPT_ALL), new AtomicReference<>(""));
        }
    }

    private OidcClient(Realm realm, String clientId, Map<String, String> secret, Connection connection, Memory memory) {
        this.realm = realm;
        this.clientId = clientId;
        this.secret = secret;
        this.connection = connection;
        this.memory = memory;
        this.http = HttpClient.newBuilder()
                .sslContext(realm.server().pki().sslContext(connection.certificate))
                .cookieHandler(memory.cookies)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    static OidcClient of(Realm realm, String clientId) {
        var direct = new Connection(realm.server().address(), Optional.empty(), Map.of());
        return new OidcClient(realm, clientId, Map.of(), direct, Memory.blank());
    }

    /** The secret of a confidential client. */
    public OidcClient secret(String value) {
        return new OidcClient(realm, clientId, Map.of("client_secret", value), connection, memory);
    }

    /** Another application of the realm in the same browser. */
    public OidcClient client(String otherId) {
        return new OidcClient(realm, otherId, Map.of(), connection, memory);
    }

    /** The same application in a browser that was never here. */
    public OidcClient withoutCookies() {
        return new OidcClient(realm, clientId, secret, connection, Memory.blank());
    }

    /** All that this browser has of cookies, as a thief would type them into a header. */
    public String cookies() {
        return memory.cookies.getCookieStore().getCookies().stream()
                .map(cookie -> cookie.getName() + "=" + cookie.getValue())
                .collect(joining("; "));
    }

    /** Sent with every request, e.g. to forge what only a proxy may say. */
    public OidcClient header(String name, String value) {
        var more = new LinkedHashMap<>(connection.headers);
        more.put(name, value);
        return connected(new Connection(connection.via, connection.certificate, more));
    }

    /** Shown in every TLS handshake from now on. */
    public OidcClient certificate(ClientCertificate shown) {
        return connected(new Connection(connection.via, Optional.of(shown), connection.headers));
    }

    public OidcClient withoutCertificate() {
        return connected(new Connection(connection.via, Optional.empty(), connection.headers));
    }

    /** Connects to another node, or to a proxy, for what has the server's own address in it. */
    public OidcClient via(URI node) {
        return connected(new Connection(node, connection.certificate, connection.headers));
    }

    private OidcClient connected(Connection otherwise) {
        return new OidcClient(realm, clientId, secret, otherwise, memory);
    }

    /** Where a request for authorization got to: the application has its user back, or a page waits for the user. */
    public sealed interface Outcome {

        /** The authorization code; fails, showing what happened instead, if there is none. */
        default String code() {
            if (this instanceof Returned returned && returned.parameters.containsKey("code"))
                return returned.parameters.get("code");
            throw new AssertionError("No authorization code, but " + this);
        }

        /** The error that the application was told; fails if there is none. */
        default String error() {
            if (this instanceof Returned returned && returned.parameters.containsKey("error"))
                return returned.parameters.get("error");
            throw new AssertionError("No error, but " + this);
        }

        /** The page that is shown; fails if the application has its user back. */
        default Page page() {
            if (this instanceof Page page) return page;
            throw new AssertionError("No page, but " + this);
        }
    }

    /** @param parameters of the redirect to the application */
    public record Returned(Map<String, String> parameters) implements Outcome {}

    public record Page(int status, Document document) implements Outcome {

        public String text() {
            return document.body().text();
        }

        public boolean asksFor(String field) {
            return document.selectFirst("input[name=" + field + "]") != null;
        }

        @Override
        public String toString() {
            return "page " + status + " \"" + document.title() + "\": " + text();
        }
    }

    /** Sends the user to the authorization endpoint. */
    public Outcome authorize() {
        return authorize(Map.of());
    }

    /** @param parameters such as {@code prompt}, {@code acr_values}, {@code kc_action}, {@code scope} */
    public Outcome authorize(Map<String, String> parameters) {
        memory.verifier.set(UUID.randomUUID() + "-" + UUID.randomUUID());
        var query = new LinkedHashMap<String, String>();
        query.put("client_id", clientId);
        query.put("redirect_uri", CALLBACK);
        query.put("response_type", "code");
        query.put("scope", "openid");
        query.put("state", UUID.randomUUID().toString());
        query.put("code_challenge", challenge(memory.verifier.get()));
        query.put("code_challenge_method", "S256");
        query.putAll(parameters);
        return open(endpoint("auth") + "?" + encode(query));
    }

    /** Asks for authorization and answers the login page. */
    public Outcome login(String username, String password) {
        return login(username, password, Map.of());
    }

    /** As {@link #login(String, String)}, answering the page for the second factor too. */
    public Outcome login(String username, String password, String otpSecret) {
        return submitOtp(login(username, password).page(), otpSecret);
    }

    /** @param parameters of the authorization request */
    public Outcome login(String username, String password, Map<String, String> parameters) {
        return submit(authorize(parameters).page(), Map.of("username", username, "password", password));
    }

    /** Answers the page that asks for a one-time password. */
    public Outcome submitOtp(Page page, String otpSecret) {
        if (!page.asksFor("otp")) throw new AssertionError("No second factor is asked for: " + page);
        return submit(page, Map.of("otp", OneTimePassword.of(otpSecret)));
    }

    /** Has an administrator put this browser into the session of another user, as the admin console does. */
    public int impersonate(String userId, String adminToken) {
        var address = realm.server().url() + "/admin/realms/" + realm.name() + "/users/" + userId + "/impersonation";
        return send(request(address)
                        .header("Authorization", "Bearer " + adminToken)
                        .POST(BodyPublishers.noBody()))
                .statusCode();
    }

    /** Posts to an address as a form of any page could. */
    public Outcome post(String address, Map<String, String> fields) {
        return follow(send(address, fields));
    }

    /** Sends a SOAP message, as an application that is no browser does; the page is the answer. */
    public Page soap(String address, String message) {
        return follow(send(request(address).header("Content-Type", "text/xml").POST(BodyPublishers.ofString(message))))
                .page();
    }

    /** Fills in the page's form and sends it; hidden fields go along. */
    public Outcome submit(Page page, Map<String, String> fields) {
        var form = Optional.ofNullable(page.document().selectFirst("form[method=post]"))
                .orElseThrow(() -> new AssertionError("No form on " + page));
        var values = new LinkedHashMap<String, String>();
        form.select("input[type=hidden][name]").forEach(input -> values.put(input.attr("name"), input.val()));
        values.putAll(fields);
        return post(form.absUrl("action"), values);
    }

    /** Follows the first link that matches. */
    public Outcome click(Page page, String selector) {
        var link = Optional.ofNullable(page.document().selectFirst(selector))
                .orElseThrow(() -> new AssertionError("No " + selector + " on " + page));
        return open(link.absUrl("href"));
    }

    /** Opens an address as the browser would, following redirects until the application has its user back. */
    public Outcome open(String address) {
        return follow(send(request(address).header("Accept", "text/html").GET()));
    }

    private Outcome follow(HttpResponse<String> response) {
        var location = response.headers().firstValue("Location");
        if (response.statusCode() / 100 != 3 || location.isEmpty())
            return new Page(
                    response.statusCode(),
                    Jsoup.parse(response.body(), response.request().uri().toString()));

        var target = response.request().uri().resolve(location.get());
        return location.get().startsWith(CALLBACK)
                ? new Returned(decode(Optional.ofNullable(target.getRawQuery()).orElse(target.getRawFragment())))
                : open(target.toString());
    }

    /** Exchanges the code for tokens. */
    public TokenResponse exchange(Outcome authorized) {
        return exchange(authorized.code());
    }

    public TokenResponse exchange(String code) {
        return token(Map.of(
                "grant_type",
                "authorization_code",
                "code",
                code,
                "redirect_uri",
                CALLBACK,
                "code_verifier",
                memory.verifier.get()));
    }

    /** Logs in and exchanges the code: the whole of what most tests start from. */
    public TokenResponse tokens(String username, String password) {
        return exchange(login(username, password));
    }

    public TokenResponse refresh(String refreshToken) {
        return token(Map.of("grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    public TokenResponse passwordGrant(String username, String password) {
        return token(Map.of("grant_type", "password", "username", username, "password", password, "scope", "openid"));
    }

    public TokenResponse clientCredentials() {
        return token(Map.of("grant_type", "client_credentials"));
    }

    /** Exchanges an access token for one with this audience (RFC 8693). */
    public TokenResponse tokenExchange(String subjectToken, String audience) {
        return token(Map.of(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token",
                subjectToken,
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
                "audience",
                audience));
    }

    /** Any request to the token endpoint, as this client. */
    public TokenResponse token(Map<String, String> parameters) {
        return call("token", parameters);
    }

    /**
     * Any request to the realm, as this client.
     *
     * @param path below that of the realm, e.g. {@code /protocol/openid-connect/auth/device}
     */
    public TokenResponse request(String path, Map<String, String> parameters) {
        var all = new LinkedHashMap<>(parameters);
        all.put("client_id", clientId);
        all.putAll(secret);
        return answer(send(realm.issuer() + path, all));
    }

    /** Asks as this client, which needs a secret. */
    public TokenResponse introspect(String token) {
        return call("token/introspect", Map.of("token", token));
    }

    public TokenResponse userinfo(String accessToken) {
        return answer(send(request(endpoint("userinfo"))
                .header("Authorization", "Bearer " + accessToken)
                .GET()));
    }

    /** Ends the session by the application's own request. */
    public TokenResponse logout(String refreshToken) {
        return call("logout", Map.of("refresh_token", refreshToken));
    }

    private TokenResponse call(String endpoint, Map<String, String> parameters) {
        return request("/protocol/openid-connect/" + endpoint, parameters);
    }

    private static TokenResponse answer(HttpResponse<String> response) {
        return new TokenResponse(response.statusCode(), RestApi.parse(response.body()));
    }

    private String endpoint(String name) {
        return realm.issuer() + "/protocol/openid-connect/" + name;
    }

    private HttpResponse<String> send(String address, Map<String, String> fields) {
        return send(request(address)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encode(fields))));
    }

    private HttpRequest.Builder request(String address) {
        var own = realm.server().url().toString();
        var builder = HttpRequest.newBuilder(
                URI.create(address.startsWith(own) ? connection.via + address.substring(own.length()) : address));
        connection.headers.forEach(builder::header);
        return builder;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException("No answer to " + request.build(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encode(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(e -> URLEncoder.encode(e.getKey(), UTF_8) + "=" + URLEncoder.encode(e.getValue(), UTF_8))
                .collect(joining("&"));
    }

    private static Map<String, String> decode(String query) {
        return Arrays.stream(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
    }

    /** RFC 7636, section 4.2. */
    private static String challenge(String verifier) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
