using System.Net.Http.Headers;

internal static class DeadLetterReplayExtensions
{
    private const string Token = "token";

    /// <summary>
    /// Adds a command to the dashboard that sends all dead letters again. Where requests need a token, the command asks for that of an operator: the AppHost
    /// has the signing key, but making a token with it would act in the name of a user who did not ask for it.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithDeadLetterReplay(this IResourceBuilder<ProjectResource> api) => api.WithHttpCommand(
        "/operator/dead-letters/replay",
        "Replay dead letters",
        endpointName: "http",
        commandName: "replay-dead-letters",
        commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "Sends all messages again that no consumer could handle.",
            ConfirmationMessage = "Send all dead letters again?",
            IconName = "ArrowRepeatAll",
            ResultMode = HttpCommandResultMode.Json,
#pragma warning disable ASPIREINTERACTION001 // Experimental API: without it the command could not ask for a token.
            Arguments = api.ApplicationBuilder.RequiresTokens()
                ? [new InteractionInput { Name = Token, Label = "Operator's token", InputType = InputType.SecretText, Required = true }]
                : [],
            PrepareRequest = context =>
            {
                if (context.Arguments.TryGetByName(Token, out var token))
                {
                    context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
                }

                return Task.CompletedTask;
            },
#pragma warning restore ASPIREINTERACTION001
        });
}
