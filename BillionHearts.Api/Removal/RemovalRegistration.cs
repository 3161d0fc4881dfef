namespace BillionHearts.Api.Removal;

internal static class RemovalRegistration
{
    public static void AddRemoval(this IServiceCollection services)
    {
        services.AddScoped<ImageDeletion>();
        services.AddHostedService<BlobRemoval>();
    }
}
