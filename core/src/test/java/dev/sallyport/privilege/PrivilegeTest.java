package dev.sallyport.privilege;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivilegeTest {

    private static final String SMALL = """
            {'name':'ledger-db-admin','displayName':'Ledger','mode':'token','grants':{'realmRoles':['admin-of-ledger']},
             'eligible':{'groups':['/dba']},'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'}}""";

    private static DocumentFault faultOf(String json) {
        return catchThrowableOfType(DocumentFault.class, () -> Privilege.read(Json.of(json)));
    }

    @Test
    void aPrivilegeIsReadAndWrittenAgain() {
        var json = Json.of("""
                {'name':'ledger-db-admin','displayName':'Ledger database administrator','mode':'token',
                 'grants':{'clientRoles':{'ledger':['db-admin']},'realmRoles':['dba']},
                 'eligible':{'groups':['/dba'],'expression':'!(`contractor` in user.attributes)','until':'2027-06-30T00:00:00Z'},
                 'incompatibleWith':['ledger-auditor'],
                 'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H','justification':'^.{10,}$',
                   'ticket':'^CHG-\\\\d+$','tokenLifespan':'PT5M','acr':'2','freshAuthentication':'PT5M',
                   'device':{'compliant':true},
                   'schedule':{'days':['MON'],'from':'07:00','to':'20:00','zone':'Europe/Berlin'},'boundTo':'device'},
                 'approval':{'count':2,'approvers':{'groups':['/dba-leads']},'atLeast':{'/security':1},'requestTtl':'PT4H',
                   'approverAcr':'2','delegates':{'groups':['/dba']}},
                 'emergency':{'eligible':{'groups':['/oncall']},'maxDuration':'PT30M','perDay':3,
                   'officers':{'groups':['/security']}},
                 'endSessions':true}""").replace('`', '\'');

        var privilege = Privilege.read(json);

        assertThat(Documents.toTree(privilege)).isEqualTo(Documents.tree(json));
        assertThat(Privilege.read(Documents.write(privilege))).isEqualTo(privilege);
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        var privilege = Privilege.read(Json.of(SMALL));
        var approved = Privilege.read(Json.of(
                SMALL.replace("'activation'", "'approval':{'count':1,'approvers':{'users':['bob']}},'activation'")));

        assertThat(privilege.endSessions()).isFalse();
        assertThat(privilege.activation().boundTo()).isEqualTo(BoundTo.SESSION);
        assertThat(privilege.approval()).isEmpty();
        assertThat(approved.approval().orElseThrow().requestTtl()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void whatIsAssignedIsTheUsers() {
        var assigned =
                SMALL.replace("'token'", "'assignment'").replace("'realmRoles'", "'groups':['/dba'],'realmRoles'");

        assertThat(Privilege.read(Json.of(assigned)).activation().boundTo()).isEqualTo(BoundTo.USER);
        assertThat(faultOf(assigned.replace("'PT1H'", "'PT1H','boundTo':'session'")))
                .hasMessageStartingWith("activation.boundTo: must be user");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'name':'ledger-db-admin'|'name':'two words'|name",
                "'name':'ledger-db-admin'|'name':'prüfer'|name",
                "'name':'ledger-db-admin',|``|name",
                "'displayName':'Ledger'|'displayName':' '|displayName",
                "'mode':'token'|'mode':'Token'|mode",
                "'mode':'token',|``|mode",
                "'mode':'token'|'mode':'token','until':1|until",
                "'grants':{'realmRoles':['admin-of-ledger']},|``|grants",
                "['admin-of-ledger']|[]|grants",
                "['admin-of-ledger']|['']|grants.realmRoles[0]",
                "'realmRoles':['admin-of-ledger']|'clientRoles':{'ledger':[]}|grants.clientRoles.ledger",
                "'realmRoles':['admin-of-ledger']|'clientRoles':{'':['a']}|grants.clientRoles",
                "'realmRoles':['admin-of-ledger']|'clientRoles':{'ledger':['a',' ']}|grants.clientRoles.ledger[1]",
                "'realmRoles':['admin-of-ledger']|'groups':['/a']|grants.groups",
                "'realmRoles':['admin-of-ledger']|'realmRoles':['a'],'roles':['b']|grants.roles",
                "'eligible':{'groups':['/dba']},|``|eligible",
                "{'groups':['/dba']}|{}|eligible",
                "{'groups':['/dba']}|{'groups':['dba']}|eligible.groups[0]",
                "{'groups':['/dba']}|{'until':'2027-06-30T00:00:00Z'}|eligible",
                "{'groups':['/dba']}|{'expression':'1'}|eligible.expression",
                "{'groups':['/dba']}|{'expression':'posture.compliant'}|eligible.expression",
                "{'groups':['/dba']}|{'expression':'user.id == session.acr'}|eligible.expression",
                "{'groups':['/dba']}|{'groups':['/dba'],'until':'tomorrow'}|eligible.until",
                "'activation'|'incompatibleWith':['a','ledger-db-admin'],'activation'|incompatibleWith[1]",
                ",'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'}|``|activation",
                "'maxDuration':'PT4H',|``|activation.maxDuration",
                "'PT4H'|'PT0S'|activation.maxDuration",
                "'PT4H'|'P367D'|activation.maxDuration",
                "'PT4H'|14400|activation.maxDuration",
                "'PT1H'|'PT4H1S'|activation.defaultDuration",
                "'PT1H'|'-PT1H'|activation.defaultDuration",
                "'PT1H'|'PT1H','tokenLifespan':'PT0S'|activation.tokenLifespan",
                "'PT1H'|'PT1H','tokenLifespan':'PT0.5S'|activation.tokenLifespan",
                "'PT1H'|'PT1H','freshAuthentication':'PT0S'|activation.freshAuthentication",
                "'PT1H'|'PT1H','acr':''|activation.acr",
                "'PT1H'|'PT1H','justification':'('|activation.justification",
                "'PT1H'|'PT1H','justification':'(?=a)'|activation.justification",
                "'PT1H'|'PT1H','ticket':'((a{100}){100}){100}'|activation.ticket",
                "'PT1H'|'PT1H','ticket':''|activation.ticket",
                "'PT1H'|'PT1H','device':{}|activation.device",
                "'PT1H'|'PT1H','schedule':{'days':['MON']}|activation.schedule.zone",
                "'PT1H'|'PT1H','boundTo':'client'|activation.boundTo",
                "'activation'|'approval':{'count':0,'approvers':{'users':['bob']}},'activation'|approval.count",
                "'activation'|'approval':{'count':1001,'approvers':{'users':['bob']}},'activation'|approval.count",
                "'activation'|'approval':{'approvers':{'users':['bob']}},'activation'|approval.count",
                "'activation'|'approval':{'count':1},'activation'|approval.approvers",
                "'activation'|'approval':{'count':1,'approvers':{'users':[]}},'activation'|approval.approvers",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'atLeast':{'security':1}},'activation'|approval.atLeast.security",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'atLeast':{'/security':2}},'activation'|approval.atLeast./security",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'atLeast':{'/security':0}},'activation'|approval.atLeast./security",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'requestTtl':'PT0S'},'activation'|approval.requestTtl",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'approverAcr':' '},'activation'|approval.approverAcr",
                "'activation'|'approval':{'count':1,'approvers':{'users':['bob']},'delegates':{}},'activation'|approval.delegates",
                "'PT1H'}|'PT1H'},'emergency':{'eligible':{'users':['ann']},'maxDuration':'PT1H','perDay':1,'officers':{'users':['bob']}}|activation.acr",
                "'PT1H'}|'PT1H','acr':'2'},'emergency':{'eligible':{'users':['ann']},'maxDuration':'PT1H','perDay':1}|emergency.officers",
                "'PT1H'}|'PT1H','acr':'2'},'emergency':{'eligible':{'users':['ann']},'maxDuration':'PT1H','perDay':1,'officers':{}}|emergency.officers",
                "'PT1H'}|'PT1H','acr':'2'},'emergency':{'eligible':{},'maxDuration':'PT1H','perDay':1,'officers':{'users':['bob']}}|emergency.eligible",
                "'PT1H'}|'PT1H','acr':'2'},'emergency':{'eligible':{'users':['ann']},'maxDuration':'PT1H','perDay':0,'officers':{'users':['bob']}}|emergency.perDay",
                "'PT1H'}|'PT1H','acr':'2'},'emergency':{'eligible':{'users':['ann']},'perDay':1,'officers':{'users':['bob']}}|emergency.maxDuration",
                "'activation'|'endSessions':'yes','activation'|endSessions",
            })
    void whatIsWrongIsRefusedWithItsPath(String part, String changed, String path) {
        assertThat(SMALL).contains(part);

        assertThat(faultOf(SMALL.replace(part, changed)))
                .extracting(DocumentFault::path)
                .isEqualTo(path);
    }
}
