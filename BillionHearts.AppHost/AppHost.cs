var builder = DistributedApplication.CreateBuilder(args);

// Infrastructure

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var imagesDb = postgres.AddDatabase("imagesdb");
var notificationsDb = postgres.AddDatabase("notificationsdb");

var messaging = builder.AddRabbitMQ("messaging")
    .WithManagementPlugin()
    .WithUrlForEndpoint("management", url => url.DisplayText = "RabbitMQ management")
    .WithDataVolume();

var blobs = builder.AddBlobStore("blobs");

var access = builder.AddAccess();

// Services

var migrations = builder.AddProject<Projects.BillionHearts_Api>("migrations")
    .WithArgs("migrate")
    .WithReference(imagesDb).WaitFor(imagesDb);

var analysis = builder.AddProject<Projects.BillionHearts_Analysis>("analysis")
    .WithBlobStore(blobs)
    .WithReference(messaging).WaitFor(messaging)
    .WithHttpHealthCheck("/health");

// The API does not wait for the broker: its outbox exists so that uploads are accepted without one.
var api = builder.AddProject<Projects.BillionHearts_Api>("api")
    .WithReference(imagesDb).WaitForCompletion(migrations)
    .WithBlobStore(blobs)
    .WithReference(messaging)
    .WithReference(analysis)
    // Idle threads of one process must not spin on the processors that all of them share.
    .WithEnvironment("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")
    .WithEnvironment("Auth__RequireTokens", access.RequireTokens)
    .WithEnvironment("Auth__SigningKey", access.SigningKey)
    .WithEnvironment("Media__SigningKey", access.MediaKey)
    .WithHttpHealthCheck("/health")
    .WithReplicas(2);

var notificationsMigrations = builder.AddProject<Projects.BillionHearts_Notifications>("notifications-migrations")
    .WithArgs("migrate")
    .WithReference(notificationsDb).WaitFor(notificationsDb);

var notifications = builder.AddProject<Projects.BillionHearts_Notifications>("notifications")
    .WithReference(notificationsDb).WaitForCompletion(notificationsMigrations)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(api)
    .WithEnvironment("Auth__RequireTokens", access.RequireTokens)
    .WithHttpHealthCheck("/health");

// Edge

builder.AddGateway("gateway", api, notifications, access)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Billion Hearts")
    .WithUrlForEndpoint("http", _ => new() { Url = "/docs", DisplayText = "API reference" });

builder.Build().Run();
