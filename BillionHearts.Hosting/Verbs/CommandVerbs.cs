using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

/// <summary>What an operator can do with a resource beyond start, stop and restart.</summary>
public static partial class ResourceBuilderExtensions
{
    // A command may be a long piece of work, which the caller cancels; no time limit of the client's must end it.
    private static readonly HttpClient s_commandClient = new() { Timeout = Timeout.InfiniteTimeSpan };

    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where T : IResource
    {
        var options = commandOptions ?? new();

        foreach (var existing in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(command => command.Name == name).ToList())
        {
            builder.Resource.Annotations.Remove(existing);
        }

        return builder.WithAnnotation(
            new ResourceCommandAnnotation(name, displayName, options.UpdateState ?? (_ => ResourceCommandState.Enabled), executeCommand)
            {
                Options = options,
            });
    }

    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        string? endpointName = null,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints =>
        builder.WithHttpCommand(path, displayName, () => HttpEndpointOf(builder, endpointName, "HTTP command"), commandName, commandOptions);

    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        Func<EndpointReference>? endpointSelector,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints
    {
        var options = commandOptions ?? new();
        var endpoint = (options.EndpointSelector ?? endpointSelector)?.Invoke() ?? HttpEndpointOf(builder, endpointName: null, "HTTP command");
        options.Method ??= HttpMethod.Post;
        options.UpdateState ??= context =>
            context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

        var name = commandName ?? $"{builder.Resource.Name}-{endpoint.EndpointName}-http-{options.Method.Method.ToLowerInvariant()}-{path}";
        return builder.WithCommand(name, displayName, context => SendAsync(context, endpoint, path, options), options);
    }

    private static async Task<ExecuteCommandResult> SendAsync(
        ExecuteCommandContext context, EndpointReference endpoint, string path, HttpCommandOptions options)
    {
        using var request = new HttpRequestMessage(options.Method!, new Uri(new Uri(endpoint.Url), path));

        if (options.PrepareRequest is not null)
        {
            await options.PrepareRequest(new()
            {
                Services = context.Services,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = context.CancellationToken,
                HttpClient = s_commandClient,
                Request = request,
            });
        }

        using var response = await s_commandClient.SendAsync(request, context.CancellationToken);

        if (options.GetCommandResult is not null)
        {
            return await options.GetCommandResult(new()
            {
                Services = context.Services,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = context.CancellationToken,
                HttpClient = s_commandClient,
                Response = response,
            });
        }

        return response.IsSuccessStatusCode
            ? CommandResults.Success()
            : CommandResults.Failure($"{path} answered {(int)response.StatusCode} {response.ReasonPhrase}.");
    }
}
