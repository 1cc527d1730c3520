package dev.sallyport.authenticators;

import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.Explanation.Check;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Vote;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** What the pages about a privilege show, in the user's language. */
record ElevationPages(KeycloakSession session, RealmModel realm, Locale locale) {

    private static final List<Duration> USUAL = Stream.of("PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT24H")
            .map(Duration::parse)
            .toList();

    /** A length of time to choose. */
    public record Option(String value, String text, boolean selected) {}

    /**
     * What is wrong with what was entered.
     *
     * @param field empty when it is about none in particular
     */
    public record Fault(String field, String message) {

        static final Fault NONE = new Fault("", "");
    }

    /** What was entered, to be shown again. */
    public record Entered(String justification, String ticket) {

        static final Entered NOTHING = new Entered("", "");
    }

    /**
     * The page on which a user asks.
     *
     * @param emergency the lengths of time to choose in an emergency; empty where there can be none
     * @param stronger whether authenticating would help
     */
    public record Form(
            String displayName,
            List<String> grants,
            String decides,
            List<String> approvers,
            List<Check> checks,
            boolean justificationNeeded,
            boolean ticketNeeded,
            String justification,
            String ticket,
            List<Option> durations,
            List<Option> emergency,
            boolean stronger,
            Fault fault) {}

    /** The page that waits. */
    public record Waiting(String displayName, String status, List<String> approvers, String until) {}

    /**
     * The page that says that there is nothing to be had.
     *
     * @param again whether the user may ask again
     */
    public record Closed(String status, List<String> comments, boolean again) {}

    /** What somebody asks for, as those see it who decide. */
    public record Request(
            String id,
            String requester,
            String displayName,
            List<String> grants,
            String justification,
            String ticket,
            String duration,
            String start,
            String status,
            List<String> votes) {}

    Request request(Elevation elevation) {
        var privilege = PrivilegeProvider.find(realm, elevation.privilege());
        return new Request(
                elevation.id(),
                name(elevation.requester()),
                privilege.map(Privilege::displayName).orElse(elevation.privilege()),
                privilege.map(this::grants).orElse(List.of()),
                elevation.justification().orElse(""),
                elevation.ticket().orElse(""),
                Explanation.spell(session, realm, locale, elevation.duration()),
                elevation.start().map(this::moment).orElse(""),
                text(
                        "approval.status." + elevation.status().id(),
                        moment(elevation.end().orElse(elevation.expiresAt()))),
                elevation.approvals().stream().map(this::vote).toList());
    }

    private String vote(Vote vote) {
        var said = text("approval.vote." + vote.decision().id(), name(vote.approver()));
        return vote.comment()
                .map(comment -> text("not-elevated.comment", said, comment))
                .orElse(said);
    }

    List<Check> checks(List<Unmet> unmet) {
        return Explanation.checks(session, realm, locale, unmet);
    }

    Form form(Privilege privilege, List<Unmet> unmet, boolean mayHaveEmergency, Entered entered, Fault fault) {
        var activation = privilege.activation();
        var emergency = privilege
                .emergency()
                .filter(offered -> mayHaveEmergency)
                .map(offered -> shorter(offered.maxDuration(), activation.maxDuration()))
                .map(longest -> options(longest, longest))
                .orElse(List.of());
        return new Form(
                privilege.displayName(),
                grants(privilege),
                decides(privilege),
                approvers(privilege),
                checks(unmet),
                activation.justification().isPresent(),
                activation.ticket().isPresent(),
                entered.justification(),
                entered.ticket(),
                options(activation.maxDuration(), activation.defaultDuration()),
                emergency,
                unmet.stream().anyMatch(ElevationPages::helpedByAuthenticating),
                fault);
    }

    static boolean helpedByAuthenticating(Unmet unmet) {
        return unmet.control().equals("acr") || unmet.control().equals("freshAuthentication");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    Waiting waiting(Privilege privilege, Elevation elevation) {
        var status = elevation
                .start()
                .filter(start -> elevation.decidedAt().isPresent())
                .map(start -> text("waiting.status.starts", moment(start)))
                .orElseGet(() -> text(
                        "waiting.status",
                        elevation.approvals().size(),
                        privilege.approval().map(approval -> approval.count()).orElse(0)));
        var until = text("waiting.until", moment(elevation.end().orElse(elevation.expiresAt())));
        return new Waiting(privilege.displayName(), status, approvers(privilege), until);
    }

    Closed closed(String why, String privilege, List<Vote> votes, boolean again) {
        var comments = votes.stream()
                .flatMap(vote -> vote.comment().stream()
                        .map(comment -> text("not-elevated.comment", name(vote.approver()), comment)))
                .toList();
        return new Closed(text("not-elevated." + why, privilege), comments, again);
    }

    private String name(String user) {
        return Optional.ofNullable(session.users().getUserById(realm, user))
                .map(UserModel::getUsername)
                .orElse("?");
    }

    /** A text of the login theme below {@code sallyport}. */
    String text(String key, Object... values) {
        return Explanation.text(session, realm, locale, key, values);
    }

    private List<String> grants(Privilege privilege) {
        var grants = privilege.grants();
        return Stream.of(
                        grants.clientRoles().entrySet().stream().flatMap(granted -> granted.getValue().stream()
                                .map(role -> text("elevation.grants.client-role", role, granted.getKey()))),
                        grants.realmRoles().stream().map(role -> text("elevation.grants.realm-role", role)),
                        grants.groups().stream().map(group -> text("elevation.grants.group", group)))
                .flatMap(lines -> lines)
                .toList();
    }

    private String decides(Privilege privilege) {
        return privilege
                .approval()
                .map(approval -> text("elevation.approval.count", approval.count()))
                .orElseGet(() -> text("elevation.approval.none"));
    }

    private List<String> approvers(Privilege privilege) {
        return privilege
                .approval()
                .map(approval -> people(approval.approvers()))
                .orElse(List.of());
    }

    private List<String> people(People people) {
        return Stream.of(
                        people.groups().stream().map(group -> text("elevation.approver.group", group)),
                        people.roles().stream().map(role -> text("elevation.approver.role", role)),
                        people.users().stream().map(user -> text("elevation.approver.user", user)))
                .flatMap(lines -> lines)
                .toList();
    }

    private List<Option> options(Duration longest, Duration chosen) {
        return Stream.concat(USUAL.stream(), Stream.of(longest, chosen))
                .filter(length -> length.compareTo(longest) <= 0)
                .sorted()
                .distinct()
                .map(length -> new Option(
                        length.toString(), Explanation.spell(session, realm, locale, length), length.equals(chosen)))
                .toList();
    }

    // NB. The server does not know the user's time zone, so the text says which one it is.
    private String moment(Instant moment) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.LONG)
                .withLocale(locale)
                .withZone(ZoneId.systemDefault())
                .format(moment);
    }
}
