package dev.sallyport.authenticators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Door;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.models.Constants;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

class StepUpTest {

    private final AuthenticationSessionModel session = new Notes().session();
    private final StepUp stepUp = new StepUp(null, session);

    @Test
    void nothingIsWantedBeforeItIsAsked() {
        assertThat(stepUp.wantsReauthentication()).isFalse();
        assertThat(stepUp.wants(1)).isFalse();
    }

    @Test
    void everyLevelOnTheWayIsWantedUntilItIsReached() {
        stepUp.ask(Optional.of(2), false);
        assertThat(stepUp.wants(1)).isTrue();
        assertThat(stepUp.wants(2)).isTrue();
        assertThat(stepUp.wants(3)).isFalse();

        stepUp.reached(1);
        assertThat(stepUp.wants(1)).isFalse();
        assertThat(stepUp.wants(2)).isTrue();

        stepUp.reached(2);
        assertThat(stepUp.wants(2)).isFalse();
    }

    @Test
    void aLevelThatTheApplicationAskedForIsNeverLowered() {
        session.setClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, "3");

        stepUp.ask(Optional.of(2), false);

        assertThat(session.getClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION))
                .isEqualTo("3");
    }

    @Test
    void renewingALowerLevelKeepsTheHigherOne() {
        session.setAuthNote(Constants.LEVEL_OF_AUTHENTICATION, "2");

        stepUp.reached(1);

        assertThat(session.getAuthNote(Constants.LEVEL_OF_AUTHENTICATION)).isEqualTo("2");
        assertThat(session.getUserSessionNotes().get(Constants.LOA_MAP)).contains("\"1\":");
    }

    @Test
    void askingToAuthenticateAnewDoesNotCountAsDone() {
        session.setAuthNote(AuthenticationManager.SSO_AUTH, "true");

        stepUp.ask(Optional.empty(), true);

        assertThat(session.getAuthNote(AuthenticationManager.SSO_AUTH)).isEqualTo("true");
        assertThat(stepUp.wantsReauthentication()).isTrue();
    }

    @Test
    void authenticatingAnewRenewsTheTimeOfAuthentication() {
        session.setAuthNote(AuthenticationManager.SSO_AUTH, "true");
        session.setClientNote(AuthenticationManager.AUTH_TIME_BROKER, "1");
        stepUp.ask(Optional.empty(), true);

        stepUp.reauthenticated();

        assertThat(stepUp.wantsReauthentication()).isFalse();
        assertThat(session.getAuthNote(AuthenticationManager.SSO_AUTH)).isNull();
        assertThat(session.getClientNote(AuthenticationManager.AUTH_TIME_BROKER))
                .isNull();
    }

    @Test
    void whatIsNoLongerAskedIsForgotten() {
        stepUp.ask(Optional.of(2), true);

        stepUp.ask(Optional.empty(), false);

        assertThat(stepUp.wantsReauthentication()).isFalse();
        assertThat(stepUp.wants(2)).isFalse();
    }

    @Test
    void levelOfTheSessionIsNoSecondFactorOfThisAuthentication() {
        session.setAuthNote(AuthenticationManager.SSO_AUTH, "true");
        session.setAuthNote(Constants.LEVEL_OF_AUTHENTICATION, "2");
        assertThat(stepUp.secondFactorGiven(Door.SSO_REENTRY)).isFalse();

        stepUp.reauthenticated();
        stepUp.reached(1);

        assertThat(stepUp.secondFactorGiven(Door.BROWSER_LOGIN)).isFalse();
    }

    @Test
    void secondFactorIsGivenByALoginThatReachedItsLevelAndByAStepUp() {
        stepUp.reached(1);
        assertThat(stepUp.secondFactorGiven(Door.BROWSER_LOGIN)).isFalse();

        stepUp.reached(2);

        assertThat(stepUp.secondFactorGiven(Door.BROWSER_LOGIN)).isTrue();
        assertThat(stepUp.secondFactorGiven(Door.SSO_REENTRY)).isTrue();
    }
}
