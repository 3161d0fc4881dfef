using System.Security.Cryptography;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Input;
using BillionHearts.Notifications.Reference;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Mail;

internal static class MailEndpoints
{
    // The api's scope for what an API key may not do.

    private const string Tag = "Mail";

    // Without characters that look alike.
    private const string CodeCharacters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    public static void MapMail(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{id}/notifications/mail", ShowMail)
            .WithName(nameof(ShowMail)).WithTags(Tag).WithSummary("Show where a user's digests go")
            .Produces<MailResponse>()
            .Refuses(401, 403, 404, 503);
        routes.MapPut("/users/{id}/notifications/mail", SetMail)
            .WithName(nameof(SetMail)).WithTags(Tag).WithSummary("Have digests sent to an e-mail address")
            .WithDescription(
                "A code is sent to the address; digests begin once it is confirmed. A digest reports how many photos were analyzed, failed or look like others, at " +
                "most once in the installation's window, and nothing that was read meanwhile. It has numbers only. Not for API keys.")
            .Accepts<MailRequest>("application/json")
            .Produces<MailResponse>(StatusCodes.Status202Accepted)
            .Refuses(401, 403, 404, 413, 415, 422, 429, 503);
        routes.MapPost("/users/{id}/notifications/mail/confirm", ConfirmMail)
            .WithName(nameof(ConfirmMail)).WithTags(Tag).WithSummary("Confirm an address by the code that was sent to it")
            .Accepts<ConfirmRequest>("application/json")
            .Produces<MailResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);
        routes.MapDelete("/users/{id}/notifications/mail", EndMail)
            .WithName(nameof(EndMail)).WithTags(Tag).WithSummary("End a user's digests and forget the address")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(401, 403, 404, 503);
    }

    private static Task<IResult> ShowMail(string id, HttpContext http, UserCalls calls, MailStore store) => RunAsync(id, http, calls, async (userId, cancellationToken) =>
        await store.FindAsync(userId, cancellationToken) is { } setting ? TypedResults.Ok(MailResponse.From(setting)) : Problems.NoMail);

    private static Task<IResult> SetMail(string id, HttpContext http, UserCalls calls, MailStore store, Letters letters, IMailSink sink) =>
        RunAsync(id, http, calls, async (userId, cancellationToken) =>
        {
            var (request, refusal) = await JsonBody.ReadAsync<MailRequest>(http.Request, cancellationToken);

            if (request is null)
            {
                return refusal!;
            }

            if (MailAddress.Fault(request.Address) is { } fault)
            {
                return Problems.InvalidField("address", fault);
            }

            var code = RandomNumberGenerator.GetString(CodeCharacters, 8);

            return await store.SetAsync(userId, request.Address!, code, RandomNumberGenerator.GetHexString(48, lowercase: true), cancellationToken)
                ? new SentCode(letters.Confirmation(request.Address!, code), sink)
                : Problems.CodeJustSent;
        });

    private static Task<IResult> ConfirmMail(string id, HttpContext http, UserCalls calls, MailStore store) => RunAsync(id, http, calls, async (userId, cancellationToken) =>
    {
        var (request, refusal) = await JsonBody.ReadAsync<ConfirmRequest>(http.Request, cancellationToken);

        return request is null ? refusal!
            : !await store.ConfirmAsync(userId, request.Code?.Trim().ToUpperInvariant() ?? "", cancellationToken) ? Problems.WrongCode(MailStore.MaxWrongCodes)
            : await store.FindAsync(userId, cancellationToken) is { } setting ? TypedResults.Ok(MailResponse.From(setting))
            : Problems.NoMail;
    });

    private static Task<IResult> EndMail(string id, HttpContext http, UserCalls calls, MailStore store) => RunAsync(id, http, calls, async (userId, cancellationToken) =>
        await store.RemoveAsync(userId, cancellationToken) ? TypedResults.NoContent() : Problems.NoMail);

    /// <summary>For the user, signed in. Like the api's account routes also in Development, where other calls need no token.</summary>
    private static Task<IResult> RunAsync(string id, HttpContext http, UserCalls calls, Func<long, CancellationToken, Task<IResult>> act)
    {
        if (!http.RequestServices.GetRequiredService<IOptions<MailOptions>>().Value.IsOn)
        {
            return Task.FromResult<IResult>(Problems.MailIsOff);
        }

        return http.Request.Headers.Authorization.Count is 0
            ? Task.FromResult<IResult>(AccessProblems.NotAuthenticated)
            : calls.RunAsync(id, http, async (verdict, cancellationToken) => verdict.Scopes.Contains(Verdict.AccountScope)
                ? await act(verdict.Holder.UserId, cancellationToken)
                : AccessProblems.OutOfScope(Verdict.AccountScope));
    }
}
