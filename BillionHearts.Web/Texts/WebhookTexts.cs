namespace BillionHearts.Web.Texts;

internal static class WebhookTexts
{
    public const string Intro = "A webhook sends what happens to your photos to a server of yours, signed as Standard Webhooks specifies.";
    public const string None = "You have no webhooks.";
    public const string Add = "Add a webhook";
    public const string AddButton = "Add webhook";
    public const string Address = "Address";
    public const string AddressHint = "Such as https://example.com/hearts. It has to be reachable from the internet, on port 443 or 8443.";
    public const string Events = "What is sent";
    public const string All = "Everything, also what is added later";
    public const string OnlyThese = "Only these:";
    public const string AllShort = "everything";
    public const string Since = "Since";
    public const string Enabled = "Enabled";
    public const string Disabled = "Disabled";
    public const string Failing = "Failing since";
    public const string Back = "All webhooks";
    public const string Webhook = "Webhook";
    public const string OldSecretUntil = "The secret before also signs until";

    public const string Test = "Send a test event";
    public const string TestSent = "The test event is on its way. Its outcome appears below.";
    public const string Enable = "Enable";
    public const string Disable = "Disable";
    public const string Rotate = "New secret";
    public const string RotateQuestion = "From now on messages are signed with a new secret. For a day the old one signs, too, so that you can change your server without losing a message.";
    public const string RotateConfirm = "Make a new secret";
    public const string Delete = "Delete";
    public const string DeleteQuestion = "The webhook and its log are deleted. What is waiting to be sent is not sent.";
    public const string DeleteConfirm = "Delete webhook";
    public const string Deleted = "The webhook is deleted.";
    public const string Change = "Change address or events";
    public const string Save = "Save";
    public const string Saved = "Saved.";
    public const string OnceAdvice = "Copy the secret now: your server checks signatures with it. It is shown only this once.";
    public const string OnceTitle = "The webhook's secret";

    public const string Log = "Deliveries";
    public const string LogEmpty = "Nothing has been sent yet.";
    public const string LogEmptyState = "There is no delivery in this state.";
    public const string AnyState = "All";
    public const string Event = "Event";
    public const string State = "State";
    public const string When = "When";
    public const string Attempts = "Attempts";
    public const string Answer = "Answer";
    public const string NoAnswer = "none";
    public const string NextAttempt = "Next attempt";
    public const string Redeliver = "Send again";
    public const string Redelivered = "It is being sent again.";
    public const string BackToLog = "Back to the webhook";
    public const string Message = "Message";
    public const string MessageId = "Message id";
    public const string Request = "Request";
    public const string Response = "Answer";
    public const string NotAttempted = "No attempt has been made yet.";

    public static string DeliveryTitle(long id) => $"Delivery {id}";

    public static string AttemptTitle(int number) => $"Attempt {number}";

    public static string Took(int milliseconds) => $"took {Amounts.Duration(milliseconds / 1000.0)}";

    public static string DisabledBecause(string? reason) => reason switch
    {
        "gone" => "Disabled, because its server answered 410 (gone)",
        "failing" => "Disabled, because it failed for days",
        _ => "Disabled by you",
    };

    public static string StateName(string state) => state switch
    {
        "pending" => "Waiting",
        "delivered" => "Delivered",
        "failed" => "Failed",
        "canceled" => "Canceled",
        _ => state,
    };

    /// <summary>The types that can be chosen, and in words.</summary>
    public static readonly IReadOnlyList<(string Type, string Text)> Types =
    [
        ("image.uploaded", "a photo was uploaded"),
        ("image.analyzed", "a photo was analysed"),
        ("image.failed", "the analysis of a photo failed"),
        ("image.duplicates", "a photo looks like another"),
        ("image.deleted", "a photo was deleted"),
        ("image.restored", "a photo came back"),
        ("webhook.disabled", "a webhook was disabled because it failed"),
    ];

    public static string TypeName(string type) =>
        type is "webhook.test" ? "test event" : Types.FirstOrDefault(one => one.Type == type).Text ?? type;
}
