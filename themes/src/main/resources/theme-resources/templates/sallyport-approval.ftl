<#-- The page on which an approver decides, or an officer reviews. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.approval.title")}
  <#elseif section = "form">
    <div id="sallyport-approval" class="${properties.kcFormClass!}">
      <#if fault?has_content><p id="sallyport-fault" role="alert">${fault}</p></#if>
      <#if !requests?has_content>
        <p role="alert">${msg("sallyport.approval.unknown")}</p>
      </#if>
      <#list requests as request>
        <dl id="sallyport-request-facts">
          <dt>${msg("sallyport.approval.requester")}</dt>
          <dd>${request.requester()}</dd>
          <dt>${msg("sallyport.approval.privilege")}</dt>
          <dd>${request.displayName()}<#list request.grants() as grant><br>${grant}</#list></dd>
          <dt>${msg("sallyport.approval.justification")}</dt>
          <dd><#if request.justification()?has_content>${request.justification()}<#else>${msg("sallyport.approval.justification.none")}</#if></dd>
          <#if request.ticket()?has_content>
            <dt>${msg("sallyport.approval.ticket")}</dt>
            <dd>${request.ticket()}</dd>
          </#if>
          <dt>${msg("sallyport.approval.duration")}</dt>
          <dd>${request.duration()}</dd>
          <#if request.start()?has_content>
            <dt>${msg("sallyport.approval.start")}</dt>
            <dd>${request.start()}</dd>
          </#if>
          <dt>${msg("sallyport.approval.status")}</dt>
          <dd id="sallyport-status">${request.status()}</dd>
        </dl>
        <#if request.votes()?has_content>
          <section aria-labelledby="sallyport-votes-title">
            <h2 id="sallyport-votes-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.approval.votes")}</h2>
            <ul id="sallyport-votes" class="${properties.kcListClass!}">
              <#list request.votes() as vote><li>${vote}</li></#list>
            </ul>
          </section>
        </#if>
        <#if decision.checks()?has_content>
          <section aria-labelledby="sallyport-checks-title">
            <h2 id="sallyport-checks-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.checks")}</h2>
            <ul id="sallyport-checks" class="${properties.kcListClass!}">
              <#list decision.checks() as check>
                <li>
                  <h3>${check.title()}</h3>
                  <p>${check.finding()}</p>
                  <p><strong>${msg("sallyport.denied.remedy")}</strong> ${check.remedy()}</p>
                </li>
              </#list>
            </ul>
          </section>
        </#if>
      </#list>
      <form id="sallyport-decide" action="${url.loginAction}" method="post">
        <#if requests?has_content && (decision.vote() || decision.review())>
          <div class="${properties.kcFormGroupClass!}">
            <label for="sallyport-comment" class="${properties.kcLabelClass!}">${msg("sallyport.approval.comment")}</label>
            <textarea id="sallyport-comment" name="comment" rows="3" maxlength="2000" class="${properties.kcInputClass!}">${comment}</textarea>
          </div>
        </#if>
        <div class="${properties.kcFormActionGroupClass!}">
          <#if requests?has_content && decision.vote()>
            <button type="submit" id="sallyport-approve" name="choice" value="approve" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.approve")}</button>
            <button type="submit" id="sallyport-deny" name="choice" value="deny" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.deny")}</button>
          </#if>
          <#if requests?has_content && decision.review()>
            <button type="submit" id="sallyport-justified" name="choice" value="justified" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.justified")}</button>
            <button type="submit" id="sallyport-misuse" name="choice" value="misuse" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.misuse")}</button>
          </#if>
          <button type="submit" id="sallyport-list" name="choice" value="list" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.list")}</button>
          <button type="submit" id="sallyport-done" name="choice" value="done" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.done")}</button>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
