package dev.sallyport.rest;

import dev.sallyport.access.realm.AccessServer;
import dev.sallyport.access.realm.PolicyImpact;
import dev.sallyport.elevation.realm.Assignments;
import dev.sallyport.privilege.realm.StandingPrivileges;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;

/** Reports, for programs as JSON, for spreadsheets as CSV and for people as a page. */
@Produces({MediaType.APPLICATION_JSON, Report.CSV, MediaType.TEXT_HTML})
public final class ReportsResource {

    private final Administration administration;

    ReportsResource(Administration administration) {
        this.administration = administration;
    }

    /** @param from the first day of the report, {@code to} the last, in UTC; the last 30 days if neither is given */
    @GET
    @Path("policy-impact")
    public Response policyImpact(
            @QueryParam("format") String format, @QueryParam("from") String from, @QueryParam("to") String to) {
        return administration.answer(Right.AUDIT, () -> {
            var form = Report.Format.of(format);
            var days = Days.of(from, to, administration.clock().instant());
            var session = administration.session();
            // NB. What this node has counted is in the report; other nodes add theirs within seconds.
            AccessServer.impact(session).ifPresent(impact -> impact.flush(session.getKeycloakSessionFactory()));
            var rows = PolicyImpact.rows(session, administration.realm(), days.from(), days.to());
            return switch (form) {
                case JSON -> Answer.ok(rows);
                case CSV -> Answer.text(Report.CSV + ";charset=utf-8;header=present", PolicyImpactReport.csv(rows));
                case HTML ->
                    Answer.text(
                            MediaType.TEXT_HTML + ";charset=utf-8",
                            new PolicyImpactReport(session, administration.realm())
                                    .html(rows, days, administration.who().user()));
            };
        });
    }

    /** As it is now: what is held for good has no time. */
    @GET
    @Path("standing-privileges")
    public Response standingPrivileges(@QueryParam("format") String format) {
        return administration.answer(Right.AUDIT, () -> {
            var form = Report.Format.of(format);
            var session = administration.session();
            var leased = new Assignments(session, administration.realm(), Clock.systemUTC()).leased();
            var holdings = new StandingPrivileges(session, administration.realm(), leased).holdings();
            return switch (form) {
                case JSON -> Answer.ok(holdings);
                case CSV ->
                    Answer.text(Report.CSV + ";charset=utf-8;header=present", StandingPrivilegesReport.csv(holdings));
                case HTML ->
                    Answer.text(
                            MediaType.TEXT_HTML + ";charset=utf-8",
                            new StandingPrivilegesReport(session, administration.realm())
                                    .html(holdings, administration.who().user()));
            };
        });
    }
}
