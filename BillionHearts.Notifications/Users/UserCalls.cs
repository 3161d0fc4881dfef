using System.Globalization;
using BillionHearts.Messaging;
using BillionHearts.Notifications.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Users;

/// <summary>Runs a call about one user, for those who may. Every refusal comes before the first byte.</summary>
internal sealed class UserCalls(UserDirectory users, TimeProvider clock)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);

    /// <param name="id">The user's id in the path.</param>
    /// <param name="act">Answers within the limit of a few seconds. What takes longer is done by the result that it returns.</param>
    public async Task<IResult> RunAsync(string id, HttpContext http, Func<Verdict, CancellationToken, Task<IResult>> act)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var userId) || userId == 0)
        {
            return Problems.UserNotFound;
        }

        using var limit = new CancellationTokenSource(s_limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);

        try
        {
            var judgement = await users.JudgeAsync(userId, http.Request.Headers.Authorization, either.Token);

            return judgement.Verdict is { } verdict ? await act(verdict, either.Token) : judgement.Refusal!;
        }
        catch (UsersUnavailableException)
        {
            return Problems.UsersUnavailable;
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception) || limit.IsCancellationRequested)
        {
            return Problem.DatabaseUnavailable;
        }
    }
}
