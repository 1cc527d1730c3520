<#ftl output_format="HTML">
<html lang="${locale.language}" dir="${(ltr)?then('ltr','rtl')}">
<body>
<p>${msg("sallyport.mail." + kind + ".body", privilege, requester, until)}</p>
<#if reason?has_content>
<p>${msg("sallyport.mail.reason", reason)}</p>
</#if>
<#if link?has_content>
<p>${msg("sallyport.mail.link")}<br><a href="${link}">${link}</a></p>
</#if>
</body>
</html>
