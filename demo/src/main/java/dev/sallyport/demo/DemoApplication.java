package dev.sallyport.demo;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * An application like any other: it knows OpenID Connect and nothing of the pack. Beside it, on the same page, stand the
 * buttons of the "device management", which reports to the pack how healthy a device is.
 */
final class DemoApplication implements AutoCloseable {

    private static final String COOKIE = "demo-app";

    private final HttpServer http;
    private final URI own;
    private final Map<String, URI> devices;
    private final Administration management;
    private final Map<String, Visit> visits = new ConcurrentHashMap<>();

    /** What the application remembers of one browser. Replaced as a whole. */
    private record Visit(
            Optional<String> device,
            Optional<SignIn> ongoing,
            Optional<OIDCTokens> tokens,
            boolean working,
            String refusal,
            String done) {

        static final Visit NEW = new Visit(Optional.empty(), Optional.empty(), Optional.empty(), false, "", "");

        Visit starting(String from, SignIn signIn) {
            return new Visit(Optional.of(from), Optional.of(signIn), Optional.empty(), false, "", "");
        }

        /** Signs in again because a resource server wants more than the tokens have. */
        Visit challenged(SignIn signIn) {
            return new Visit(device, Optional.of(signIn), tokens, true, "", "");
        }

        Visit with(OIDCTokens newTokens, String message) {
            return new Visit(device, Optional.empty(), Optional.of(newTokens), working, "", message);
        }

        Visit refused(String why) {
            return new Visit(device, ongoing, tokens, false, why, "");
        }

        Visit saying(String message) {
            return new Visit(device, ongoing, tokens, false, refusal, message);
        }

        Visit worked(String message) {
            return new Visit(device, ongoing, tokens, false, "", message);
        }
    }

    private DemoApplication(HttpServer http, URI own, Map<String, URI> devices, Administration management) {
        this.http = http;
        this.own = own;
        this.devices = devices;
        this.management = management;
    }

    /** @param devices the realm's address as seen from each device, by the device's id; the empty id is no device */
    static DemoApplication start(int port, Map<String, URI> devices, Administration management) throws IOException {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        var app = new DemoApplication(http, URI.create("http://localhost:" + port), devices, management);
        http.createContext("/", app::serve);
        http.createContext(LedgerDatabase.PATH, new LedgerDatabase(devices.values())::serve);
        http.setExecutor(Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "demo application");
            thread.setDaemon(true);
            return thread;
        }));
        http.start();
        return app;
    }

    URI address() {
        return own;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange);
        } catch (Exception e) {
            // NB. The connection would hang without an answer; the visitor is the developer here.
            System.err.println("demo application: " + e);
        }
    }

    private void answer(HttpExchange exchange) throws Exception {
        var path = exchange.getRequestURI().getPath();
        var id = visitId(exchange);
        var visit = id.map(visits::get).orElse(Visit.NEW);
        if (exchange.getRequestMethod().equals("POST")) {
            // NB. Other pages on this machine may send forms here, with our cookie.
            if (!own.toString().equals(exchange.getRequestHeaders().getFirst("Origin"))) {
                send(exchange, 403, Html.page("Not from here", ""));
                return;
            }
            var acted = act(path, visit);
            keep(exchange, id, acted);
            redirect(exchange, acted.working() ? acted.ongoing().orElseThrow().address() : own.resolve("/"));
            return;
        }
        if (path.startsWith("/sign-in/") && devices.containsKey(path.substring("/sign-in/".length()))) {
            var device = path.substring("/sign-in/".length());
            var signIn = SignIn.begin(devices.get(device), own.resolve("/callback"));
            // NB. A new id at every sign-in, so that nobody can plant one.
            id.ifPresent(visits::remove);
            keep(exchange, Optional.empty(), visit.starting(device, signIn));
            redirect(exchange, signIn.address());
        } else if (path.equals("/callback")) {
            var completed = completed(visit, own.resolve(exchange.getRequestURI()));
            keep(exchange, id, completed.working() && completed.tokens().isPresent() ? work(completed) : completed);
            redirect(exchange, own.resolve("/"));
        } else if (path.equals("/sign-out")) {
            id.ifPresent(visits::remove);
            redirect(
                    exchange,
                    visit.tokens()
                            .map(tokens -> SignIn.signOut(realm(visit), tokens, own.resolve("/")))
                            .orElse(own.resolve("/")));
        } else if (path.equals("/")) {
            send(
                    exchange,
                    200,
                    Html.page("Demo application", visit.tokens().isPresent() ? inside(visit) : outside(visit)));
        } else {
            send(exchange, 404, Html.page("No such page", Html.link("/", "Back")));
        }
    }

    private Visit completed(Visit visit, URI returned) throws IOException {
        if (visit.ongoing().isEmpty()) return visit.refused("no sign-in is under way");
        try {
            return visit.with(visit.ongoing().get().complete(returned), "You are signed in.");
        } catch (SignIn.Refused refused) {
            return visit.refused(refused.getMessage());
        }
    }

    /** Calls the resource server, and follows its challenge, but not twice: the user went on without. */
    private Visit work(Visit visit) throws IOException, ParseException {
        var request = new HTTPRequest(HTTPRequest.Method.POST, own.resolve(LedgerDatabase.PATH));
        request.setAuthorization(
                visit.tokens().orElseThrow().getBearerAccessToken().toAuthorizationHeader());
        var answer = request.send();
        if (answer.getStatusCode() == 200) return visit.worked(answer.getBody());
        var challenge = answer.getWWWAuthenticate();
        if (visit.working() || challenge == null) return visit.refused("The database says: " + answer.getBody());
        try {
            var error = BearerTokenError.parse(challenge);
            if (error.getScope() == null) return visit.refused("The database says: " + error.getCode());
            return visit.challenged(SignIn.begin(realm(visit), own.resolve("/callback"), error.getScope()));
        } catch (com.nimbusds.oauth2.sdk.ParseException e) {
            return visit.refused("The database's challenge cannot be read.");
        }
    }

    private Visit act(String path, Visit visit) throws Exception {
        if (path.equals("/refresh") && visit.tokens().isPresent()) {
            try {
                return visit.with(SignIn.refresh(realm(visit), visit.tokens().get()), "New tokens were issued.");
            } catch (SignIn.Refused refused) {
                return visit.refused(refused.getMessage());
            }
        }
        if (path.equals("/work") && visit.tokens().isPresent()) return work(visit);
        for (var device : Device.values()) {
            if (path.equals("/report/" + device.id() + "/healthy")) return reported(visit, device, true);
            if (path.equals("/report/" + device.id() + "/ill")) return reported(visit, device, false);
        }
        return visit;
    }

    private Visit reported(Visit visit, Device device, boolean healthy) throws IOException, InterruptedException {
        management.report(device, healthy);
        return visit.saying(device.title + " was reported " + (healthy ? "healthy." : "with its disk not encrypted."));
    }

    private URI realm(Visit visit) {
        return devices.get(visit.device().orElse(""));
    }

    private String outside(Visit visit) {
        var links = devices.keySet().stream()
                .map(id -> "<li>" + Html.link("/sign-in/" + id, "Sign in from " + title(id)) + " &ndash; "
                        + Html.text(story(id)) + "</li>")
                .collect(Collectors.joining("\n"));
        return messages(visit)
                + "<p>Each link starts an ordinary sign-in. Users and passwords: engineer, auditor, contractor, lead; the"
                + " password is the name.</p>\n<ul>\n" + links + "\n</ul>\n" + management();
    }

    private String inside(Visit visit) {
        var tokens = visit.tokens().orElseThrow();
        return messages(visit)
                + "<p>Signed in from " + Html.text(title(visit.device().orElse(""))) + ".</p>\n"
                + "<p>" + Html.button("/refresh", "Refresh tokens") + " "
                + Html.link("/sign-in/" + visit.device().orElse(""), "Sign in again (single sign-on)") + " or "
                + Html.link("/sign-out", "sign out") + "</p>\n"
                + "<p>" + Html.button("/work", "Do administrator's work") + " takes the role db-admin, which"
                + " nobody has permanently.</p>\n"
                + management()
                + "<h2>Access token</h2>\n<pre tabindex=\"0\">"
                + Html.text(claims(tokens.getAccessToken().getValue())) + "</pre>";
    }

    private static String messages(Visit visit) {
        return (visit.refusal().isEmpty()
                        ? ""
                        : "<p role=\"alert\" class=\"refused\">Refused. " + Html.text(visit.refusal()) + "</p>\n")
                + (visit.done().isEmpty()
                        ? ""
                        : "<p role=\"status\" class=\"done\">" + Html.text(visit.done()) + "</p>\n");
    }

    private static String management() {
        return Arrays.stream(Device.values())
                .filter(Device::registered)
                .map(device ->
                        Html.button("/report/" + device.id() + "/ill", device.title + ": report disk not encrypted")
                                + Html.button("/report/" + device.id() + "/healthy", device.title + ": report healthy"))
                .collect(Collectors.joining("<br>\n", "<h2>Device management</h2>\n<p>", "</p>\n"));
    }

    private static Optional<Device> device(String id) {
        return Arrays.stream(Device.values()).filter(d -> d.id().equals(id)).findFirst();
    }

    private static String title(String id) {
        return device(id).map(d -> d.title.toLowerCase(java.util.Locale.ROOT)).orElse("this browser");
    }

    private static String story(String id) {
        return device(id).map(d -> d.story).orElse("presents no certificate, unless you imported one");
    }

    private static String claims(String token) {
        try {
            var claims = SignedJWT.parse(token).getJWTClaimsSet().toJSONObject();
            return claims.entrySet().stream()
                    .map(claim -> claim.getKey() + ": "
                            + JSONObjectUtils.toJSONString(Map.of("v", claim.getValue()))
                                    .replaceAll("^\\{\"v\":|}$", ""))
                    .collect(Collectors.joining("\n"));
        } catch (ParseException e) {
            return "The access token is not a JWT.";
        }
    }

    private static Optional<String> visitId(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Cookie")).stream()
                .flatMap(header -> Arrays.stream(header.split(";\\s*")))
                .filter(cookie -> cookie.startsWith(COOKIE + "="))
                .map(cookie -> cookie.substring(COOKIE.length() + 1))
                .findFirst();
    }

    private void keep(HttpExchange exchange, Optional<String> id, Visit visit) {
        var known = id.filter(visits::containsKey);
        var key = known.orElseGet(DemoApplication::newId);
        visits.put(key, visit);
        if (known.isPresent()) return;
        exchange.getResponseHeaders().add("Set-Cookie", COOKIE + "=" + key + "; Path=/; HttpOnly; SameSite=Lax");
    }

    private static String newId() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void redirect(HttpExchange exchange, URI address) throws IOException {
        exchange.getResponseHeaders().set("Location", address.toString());
        exchange.sendResponseHeaders(303, -1);
    }

    private static void send(HttpExchange exchange, int status, String page) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "text/html; charset=utf-8");
        headers.set("Cache-Control", "no-store");
        // NB. Not no-referrer: with that a browser sends "Origin: null" with our own forms.
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        var body = page.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
