package dev.sallyport.rest;

import dev.sallyport.access.realm.AccessServer;
import dev.sallyport.access.realm.PolicyImpact;
import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.rest.Report.Made;
import dev.sallyport.rest.Report.Tree;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Reports for auditors: for programs as JSON, for spreadsheets as CSV and for people as a page to print. Each says when it was
 * made, and for which size of the audit log.
 *
 * <p>Where a report is of a time, {@code from} is its first day and {@code to} the last, in UTC; the last 30 days if neither is
 * given, and 366 at most.
 */
@Produces({MediaType.APPLICATION_JSON, ReportsResource.CSV, MediaType.TEXT_HTML})
public final class ReportsResource {

    static final String CSV = "text/csv";

    private final Administration administration;

    ReportsResource(Administration administration) {
        this.administration = administration;
    }

    /** What each policy did to sign-ins, day by day. */
    @GET
    @Path("policy-impact")
    public Response policyImpact(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return administration.answer(Right.AUDIT, () -> {
            var form = Report.Format.of(format);
            var days = days(from, to);
            var session = administration.session();
            // NB. What this node has counted is in the report; other nodes add theirs within seconds.
            AccessServer.impact(session).ifPresent(impact -> impact.flush(session.getKeycloakSessionFactory()));
            return answer(form, impact(days), Optional.of(days));
        });
    }

    private static Report impact(Days days) {
        return new Report(
                "policy-impact",
                List.of(
                        "day",
                        "policy",
                        "allowed",
                        "steppedUp",
                        "denied",
                        "wouldHaveBeenSteppedUp",
                        "wouldHaveBeenDenied"),
                "policy",
                new Report.Pages() {
                    private LocalDate day = days.from();

                    @Override
                    public boolean next(KeycloakSession session, RealmModel realm, Consumer<List<?>> rows) {
                        PolicyImpact.rows(session, realm, day, day).forEach(row -> rows.accept(cells(row)));
                        day = day.plus(1, ChronoUnit.DAYS);
                        return !day.isAfter(days.to());
                    }
                });
    }

    private static List<?> cells(PolicyImpact.Row row) {
        var tally = row.tally();
        return List.of(
                row.day(),
                row.policy(),
                tally.allowed(),
                tally.steppedUp(),
                tally.denied(),
                tally.wouldHaveSteppedUp(),
                tally.wouldHaveDenied());
    }

    /** Who holds privileged roles for good, as it is now: that has no time. */
    @GET
    @Path("standing-privileges")
    public Response standingPrivileges(@QueryParam("format") String format) {
        return now(format, PrivilegeReports::standing);
    }

    /** Each request of that time, who approved it, and how it ended. */
    @GET
    @Path("elevations")
    public Response elevations(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return inTime(format, from, to, days -> ElevationReports.elevations(days, administration.clock()));
    }

    /** Each vote of that time. */
    @GET
    @Path("approvals")
    public Response approvals(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return inTime(format, from, to, ElevationReports::approvals);
    }

    /** Each emergency of that time and its review. */
    @GET
    @Path("emergency")
    public Response emergency(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return inTime(format, from, to, days -> ElevationReports.emergencies(days, administration.clock()));
    }

    /** Who may have something now and did not use it in that time. */
    @GET
    @Path("dormant-privileges")
    public Response dormantPrivileges(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return inTime(format, from, to, days -> PrivilegeReports.dormant(days, administration.clock()));
    }

    /** Who may have privilege now, and with what they sign in. */
    @GET
    @Path("privileged-accounts")
    public Response privilegedAccounts(@QueryParam("format") String format) {
        return now(format, () -> PrivilegeReports.accounts(administration.clock()));
    }

    private interface OfDays {
        Report report(Days days);
    }

    private Response inTime(String format, String from, String to, OfDays report) {
        return administration.answer(Right.AUDIT, () -> {
            var form = Report.Format.of(format);
            var days = days(from, to);
            return answer(form, report.report(days), Optional.of(days));
        });
    }

    private Response now(String format, Supplier<Report> report) {
        return administration.answer(
                Right.AUDIT, () -> answer(Report.Format.of(format), report.get(), Optional.empty()));
    }

    private Days days(String from, String to) {
        return Days.of(from, to, administration.clock().instant());
    }

    // NB. The tree's size is read before any row: so whatever has its place in it is in the report.
    private Answer answer(Report.Format format, Report report, Optional<Days> days) {
        var session = administration.session();
        var realm = administration.realm();
        var made = new Made(
                report.id(),
                realm.getName(),
                administration.clock().instant().truncatedTo(ChronoUnit.MILLIS),
                days.map(range -> range.from().toString()),
                days.map(range -> range.to().toString()),
                Tree.of(new AuditTree(session, realm)));
        return switch (format) {
            case JSON -> stream(MediaType.APPLICATION_JSON, report, new ReportForm.Json(report, made));
            case CSV ->
                stream(CSV + ";charset=utf-8;header=present", report, new ReportForm.Csv(report, made))
                        .with("Content-Disposition", "attachment; filename=\"" + file(made) + ".csv\"");
            case HTML -> {
                var language =
                        session.getContext().resolveLocale(administration.who().user());
                // NB. Keycloak's own would replace those that are said here.
                session.getProvider(SecurityHeadersProvider.class).options().skipHeaders();
                yield stream(MediaType.TEXT_HTML + ";charset=utf-8", report, new ReportPage(report, made, language))
                        .with("Content-Security-Policy", ReportPage.POLICY)
                        .with("X-Content-Type-Options", "nosniff")
                        .with("X-Frame-Options", "DENY")
                        .with("Referrer-Policy", "no-referrer");
            }
        };
    }

    private static String file(Made made) {
        return made.report() + made.audit().map(tree -> "-" + tree.treeSize()).orElse("") + "-"
                + made.madeAt().toString().replace(":", "");
    }

    private Answer stream(String type, Report report, ReportForm form) {
        return Answer.stream(
                type,
                new ReportStream(
                        administration.session().getKeycloakSessionFactory(),
                        administration.realm().getId(),
                        report,
                        form));
    }
}
