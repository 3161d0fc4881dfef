using BillionHearts.Api.Data;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Messaging;

namespace BillionHearts.Api.Results;

internal static class ResultsRegistration
{
    public static void AddResults(this IServiceCollection services)
    {
        services.AddScoped<ResultStore>();
        services.AddQueueConsumer<AnalysisResultHandler>(ImagesExchange.Queues.AnalysisResults, prefetch: 16, concurrency: 4);
        services.AddHostedService<Retention>();
    }
}
