using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Analysis.Recognition;

internal static class RecognitionRegistration
{
    /// <param name="drainTimeout">How long a running recognition may take when the service stops; then the broker gives it to another worker.</param>
    public static void AddRecognition(this WebApplicationBuilder builder, TimeSpan drainTimeout)
    {
        builder.Services.AddOptions<RecognitionOptions>()
            .BindConfiguration(RecognitionOptions.SectionName)
            .ValidateDataAnnotations()
            .Validate(options => !options.Enabled || LookModel.MissingFile is null, $"Recognition:Enabled needs the model, which the build copies to {LookModel.MissingFile}.")
            .ValidateOnStart();

        if (!builder.Configuration.GetSection(RecognitionOptions.SectionName).GetValue<bool>(nameof(RecognitionOptions.Enabled)))
        {
            return;
        }

        builder.Services.AddSingleton<TextReader>();
        builder.Services.AddSingleton<Recognizer>();
        builder.Services.AddSingleton<Recognitions>();
        builder.Services.AddRecurringJob<Recognizer>(_ => new RecurringSchedule(Recognizer.Period));
        builder.Services.AddQueueConsumer<RecognitionRequestHandler>(ImagesExchange.Queues.Recognition, 1, 1, drainTimeout);
    }
}
