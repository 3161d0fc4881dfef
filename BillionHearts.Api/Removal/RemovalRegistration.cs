namespace BillionHearts.Api.Removal;

internal static class RemovalRegistration
{
    public static void AddRemoval(this IServiceCollection services)
    {
        services.AddScoped<ImageDeletion>();
        services.AddHostedService<BlobRemoval>();
        services.AddOptions<OrphanOptions>().BindConfiguration(OrphanOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<OrphanStore>();
        services.AddScoped<OrphanCollection>();
        services.AddHostedService<OrphanCollector>();
    }
}
